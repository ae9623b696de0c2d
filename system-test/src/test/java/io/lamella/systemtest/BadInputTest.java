package io.lamella.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lamella.model.Codec;
import io.lamella.model.NodeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Wrong requests through the real command: one clear sentence each, the right exit code, and nothing left behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    @TempDir
    static Path directory;

    private TestNode node;
    private Cli cli;
    private String before = "";

    @BeforeAll
    void start() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "containers and switches need root");
        node = new TestNode(directory).start();
        cli = new Cli(node.socket());
        node.image("busybox");
        cli.ok("slice", "create", "a", "--memory", "256M");
        cli.ok("network", "create", "lan", "--slice", "a", "--subnet", "10.0.0.0/24");
        cli.ok("launch", "busybox", "here", "--slice", "a", "--network", "lan", "--memory", "32M");
    }

    @AfterAll
    void end() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @BeforeEach
    void picture() throws Exception {
        before = everything();
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertThat(everything()).isEqualTo(before);
    }

    private String everything() throws Exception {
        Kernel kernel = new Kernel(node);
        return node.call("GET", "/export", "").ok()
                + node.call("GET", "/images", "").ok()
                + kernel.links()
                + kernel.mounts()
                + kernel.cgroups()
                + kernel.switchPorts()
                + kernel.flowPorts()
                + kernel.monitors()
                + names(node.state().resolve("lxc"))
                + names(node.state().resolve("images"));
    }

    private static Set<String> names(Path parent) throws IOException {
        try (var list = Files.list(parent)) {
            return new java.util.TreeSet<>(
                    list.map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    void anUnknownImage() throws Exception {
        cli.refused(1, List.of("image", "nosuch"), "launch", "nosuch", "x", "--slice", "a");
    }

    @Test
    void aDuplicateName() throws Exception {
        cli.refused(1, List.of("here", "exists"), "launch", "busybox", "here", "--slice", "a");
        cli.refused(1, List.of("\"a\"", "exists"), "slice", "create", "a");
        cli.refused(1, List.of("lan", "exists"), "network", "create", "lan", "--slice", "a", "--subnet", "10.1.0.0/24");
        cli.refused(1, List.of("busybox", "exists"), "image", "build", "busybox", "busybox");
    }

    @Test
    void aNameWithASlash() throws Exception {
        cli.refused(2, List.of("x/y", "lower-case"), "launch", "busybox", "x/y", "--slice", "a");
        cli.refused(2, List.of("a/b", "lower-case"), "slice", "create", "a/b");
    }

    @Test
    void memoryThatIsTooLittleOrTooMuch() throws Exception {
        cli.refused(2, List.of("memory", "\"1\"", "4M"), "launch", "busybox", "x", "--slice", "a", "--memory", "1");
        cli.refused(
                1, List.of("memory", "1G", "224M of 256M"), "launch", "busybox", "x", "--slice", "a", "--memory", "1G");
        cli.refused(2, List.of("memory", "lots"), "launch", "busybox", "x", "--slice", "a", "--memory", "lots");
        cli.refused(1, List.of("memory", "900T"), "slice", "create", "b", "--memory", "900T");
    }

    @Test
    void moreCoresThanExist() throws Exception {
        NodeInfo info = Codec.read(NodeInfo.class, node.call("GET", "/node", "").ok());
        String cpus = info.cpus().toString();
        cli.refused(2, List.of("cpus", "500", cpus), "launch", "busybox", "x", "--slice", "a", "--cpus", "500");
        cli.refused(1, List.of("cpus", "500", cpus), "slice", "create", "b", "--cpus", "500");
        cli.refused(2, List.of("cpus", "700-701", cpus), "slice", "create", "b", "--cpus", "700-701");
        cli.refused(2, List.of("cpus", "0"), "launch", "busybox", "x", "--slice", "a", "--cpus", "0");
    }

    @Test
    void overlappingSubnetsInOneNetwork() throws Exception {
        cli.refused(
                2,
                List.of("10.5.0.0/16", "10.5.1.0/24", "overlap"),
                "network",
                "create",
                "n",
                "--slice",
                "a",
                "--subnet",
                "10.5.0.0/16",
                "--subnet",
                "10.5.1.0/24");
        cli.refused(
                2,
                List.of("10.5.0.1/16", "10.5.0.0/16"),
                "network",
                "create",
                "n",
                "--slice",
                "a",
                "--subnet",
                "10.5.0.1/16");
    }

    @Test
    void aNetworkOrSliceThatIsNotThere() throws Exception {
        cli.refused(1, List.of("network", "nolan"), "launch", "busybox", "x", "--slice", "a", "--network", "nolan");
        cli.refused(1, List.of("slice", "nosuch"), "launch", "busybox", "x", "--slice", "nosuch");
        cli.refused(1, List.of("nosuch"), "stop", "nosuch");
    }

    @Test
    void anAddressThatIsTakenOrOutside() throws Exception {
        cli.refused(
                1, List.of("10.0.0.2", "taken"), "launch", "busybox", "x", "--slice", "a", "--network", "lan:10.0.0.2");
        cli.refused(
                2,
                List.of("10.9.0.2", "10.0.0.0/24"),
                "launch",
                "busybox",
                "x",
                "--slice",
                "a",
                "--network",
                "lan:10.9.0.2");
    }

    @Test
    void whatIsInUseStays() throws Exception {
        cli.refused(1, List.of("busybox", "a/here"), "image", "delete", "busybox");
        cli.refused(1, List.of("lan", "here"), "network", "delete", "lan", "--slice", "a");
        cli.refused(1, List.of("\"a\"", "not empty"), "slice", "delete", "a");
        cli.refused(1, List.of("here", "running"), "delete", "here", "--slice", "a");
    }

    @Test
    void archivesThatAreTruncatedCorruptOrHostile() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree/etc"));
        Files.writeString(tree.resolve("passwd"), "root:x:0:0::/:/bin/sh\n".repeat(5000));
        Path good = directory.resolve("good.tar.gz");
        Kernel.run("tar", "-C", directory.resolve("tree").toString(), "-czf", good.toString(), ".");
        byte[] bytes = Files.readAllBytes(good);
        Path truncated =
                Files.write(directory.resolve("truncated.tar.gz"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        byte[] flipped = bytes.clone();
        for (int i = bytes.length / 3; i < bytes.length / 3 + 20; i++) {
            flipped[i] ^= 0x55;
        }
        Path corrupt = Files.write(directory.resolve("corrupt.tar.gz"), flipped);
        Path hostile = directory.resolve("hostile.tar");
        Kernel.run(
                "tar",
                "-C",
                directory.resolve("tree").toString(),
                "-P",
                "--transform=s,passwd,../../../../tmp/lamella-escaped,",
                "-cf",
                hostile.toString(),
                "./etc/passwd");
        Path noArchive = Files.writeString(directory.resolve("no.tar"), "hello\n".repeat(1000));
        cli.refused(2, List.of("archive"), "image", "import", truncated.toString(), "bad");
        cli.refused(2, List.of("archive"), "image", "import", corrupt.toString(), "bad");
        cli.refused(2, List.of(".."), "image", "import", hostile.toString(), "bad");
        cli.refused(2, List.of("archive"), "image", "import", noArchive.toString(), "bad");
        cli.refused(2, List.of("sha256"), "image", "import", good.toString(), "bad", "--sha256", "0".repeat(64));
        cli.refused(
                2,
                List.of("nofile.tar"),
                "image",
                "import",
                directory.resolve("nofile.tar").toString(),
                "bad");
        assertThat(Path.of("/tmp/lamella-escaped")).doesNotExist();
    }

    @Test
    void aDeclarationWithAnUnknownKey() throws Exception {
        Path yaml = Files.writeString(directory.resolve("node.yaml"), "slices:\n  - name: b\n    colour: red\n");
        cli.refused(2, List.of("colour"), "apply", "-f", yaml.toString());
        Files.writeString(yaml, "slices: [");
        cli.refused(2, List.of("node.yaml"), "apply", "-f", yaml.toString());
        cli.refused(
                2,
                List.of("absent.yaml"),
                "apply",
                "-f",
                directory.resolve("absent.yaml").toString());
    }

    @Test
    void wrongUsage() throws Exception {
        cli.refused(2, List.of("lanch", "launch"), "lanch");
        cli.refused(2, List.of("--colour"), "list", "--colour");
        cli.refused(2, List.of("xml", "table"), "list", "--format", "xml");
        cli.refused(2, List.of("backend", "qemu"), "launch", "busybox", "x", "--slice", "a", "--backend", "qemu");
    }

    @Test
    void aBackendThatDoesNotWorkHere() throws Exception {
        assumeFalse(Files.exists(Path.of("/proc/xen/capabilities")), "this machine runs on Xen");
        cli.refused(1, List.of("backend xen"), "launch", "busybox", "x", "--slice", "a", "--backend", "xen");
    }

    @Test
    void noDaemonAndAStaleSocket() throws Exception {
        Cli nobody = new Cli(directory.resolve("nobody.sock"));
        nobody.run("list").refused(1, List.of("nobody.sock", "daemon"));
        Path stale = directory.resolve("stale.sock");
        try (var server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(stale));
        }
        new Cli(stale).run("list").refused(1, List.of("stale.sock", "daemon"));
    }

    @Test
    void noPermissionOnTheSocket() throws Exception {
        Kernel.run("chmod", "755", directory.toString(), node.run().toString());
        // nobody may not read this build's class path everywhere, but is refused by the socket, not by the class path
        Cli.Outcome outcome = cli.start(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), "list");
        assumeTrue(
                !outcome.err().contains("ClassNotFound") && !outcome.err().contains("Could not find or load"),
                "the user nobody cannot read the build directory on this machine");
        outcome.refused(1, List.of("permission", "lamella"));
    }

    @Test
    void twoDaemonsOnOneStore() throws Exception {
        Process second =
                new ProcessBuilder(node.command()).redirectErrorStream(true).start();
        String words = new String(second.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(second.waitFor()).as(words).isEqualTo(1);
        assertThat(words)
                .contains("another daemon")
                .contains(node.state().toString())
                .doesNotContain("\tat ");
        assertThat(node.call("GET", "/node", "").status()).isEqualTo(200);
    }
}
