package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a fresh node, then the README's examples as they are written, then the way back to nothing. */
class DemoTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void theDemoProvesIsolationAndTheReadmesExamplesRun() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "disjoint CPU shares need two CPUs");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mmdebstrap")), "Debian's package mmdebstrap is not installed");
        try (TestNode node = new TestNode(directory).start()) {
            Path work = Files.createDirectory(directory.resolve("work"));
            Path lamella = wrapper(work, node);
            Path report = work.resolve("report.json");

            String demo = bash(work, lamella + " demo --report " + report);
            assertThat(Files.readString(report)).contains("\"verdict\"");
            assertThat(demo).contains("operator-a", "operator-b", "10.0.0.2");

            for (String block : examples()) {
                bash(work, "set -eu\n" + block);
            }

            bash(work, lamella + " demo --down");
            assertThat(node.slices()).isEmpty();
            assertThat(node.instances()).isEmpty();
            Kernel kernel = new Kernel(node);
            assertThat(kernel.links()).isEmpty();
            assertThat(kernel.mounts()).isEmpty();
            assertThat(kernel.cgroups()).isEmpty();
        }
    }

    /** The blocks of shell in README.md whose every line is one of {@code ./lamella}'s commands on a running node. */
    private static List<String> examples() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        String section = readme.substring(readme.indexOf("## Using it"), readme.indexOf("## Install"));
        List<String> blocks = new ArrayList<>();
        Matcher m = BLOCK.matcher(section);
        while (m.find()) {
            blocks.add(m.group(1));
        }
        assertThat(blocks).isNotEmpty();
        return blocks;
    }

    /** A script of the name {@code lamella} that runs the command under test against this node. */
    private static Path wrapper(Path work, TestNode node) throws Exception {
        Path script = work.resolve("lamella");
        Files.writeString(
                script,
                "#!/bin/sh\nexport LAMELLA_SOCKET=" + node.socket() + "\nexec "
                        + Path.of(System.getProperty("java.home"), "bin", "java")
                        + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                        + "' io.lamella.cli.Main \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static String bash(Path work, String script) throws Exception {
        Process p = new ProcessBuilder("bash", "-c", script)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(p.waitFor(300, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(p.exitValue()).as("%s\n%s", script, output).isZero();
        return output;
    }
}
