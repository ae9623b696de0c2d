package io.lamella.cli;

import io.lamella.model.KernelConfig;
import io.lamella.model.NodeFacts;
import io.lamella.model.Requirement;
import io.lamella.model.Requirement.Kind;
import io.lamella.model.Requirements;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Looks at this machine for what {@link Requirements} ask. Reads files only; needs no daemon and no privilege. */
final class NodeProbe {
    /** Real ones have less than 400 KiB; more is no configuration, or an archive made to fill memory. */
    private static final int MAX_CONFIG = 8 << 20;

    private final Path root;
    private final Environment environment;

    /** @param root {@code /}; another directory in tests */
    NodeProbe(Path root, Environment environment) {
        this.root = root;
        this.environment = environment;
    }

    /** What this machine is and has. */
    NodeFacts machine() throws IOException {
        String release = text("proc/sys/kernel/osrelease").orElse("unknown").strip();
        Optional<KernelConfig> config = Optional.empty();
        String kernel = release + ", no configuration readable";
        for (String place : List.of("proc/config.gz", "boot/config-" + release, "lib/modules/" + release + "/config")) {
            Path file = root.resolve(place);
            if (Files.isReadable(file)) {
                config = Optional.of(config(file));
                kernel = release + ", configuration of /" + place;
                break;
            }
        }
        return new NodeFacts(
                architecture(),
                kernel,
                config,
                installedModules(release),
                loaded(),
                Optional.of(new NodeFacts.Surroundings(controllers(), devices(), cpuFlags(), tools())));
    }

    /** What is known of another kernel, of which there is only its configuration. */
    static NodeFacts kernel(String machine, Path file) throws IOException {
        return new NodeFacts(
                machine,
                "configuration of " + file,
                Optional.of(config(file)),
                Optional.empty(),
                Set.of(),
                Optional.empty());
    }

    static String architecture() {
        String name = System.getProperty("os.arch", "");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static KernelConfig config(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_CONFIG);
        }
        return KernelConfig.parse(file.toString(), configText(file.toString(), bytes));
    }

    /** The text of a configuration that may be compressed with gzip. */
    static String configText(String origin, byte[] bytes) {
        if (bytes.length < 2 || (bytes[0] & 0xff) != 0x1f || (bytes[1] & 0xff) != 0x8b) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readNBytes(MAX_CONFIG), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.wrongUse(origin + " cannot be unpacked: " + Endpoint.reason(e));
        }
    }

    /** Empty where nothing tells: a kernel without modules has no list of them, nor has a root without the kernel's. */
    private Optional<Set<String>> installedModules(String release) {
        Optional<String> list = text("lib/modules/" + release + "/modules.dep");
        return list.map(t -> t.lines().map(NodeProbe::moduleName).collect(Collectors.toSet()));
    }

    /** {@code kernel/net/openvswitch/openvswitch.ko.xz: ...} is {@code openvswitch}. */
    private static String moduleName(String line) {
        String path = line.substring(0, Math.max(line.indexOf(':'), 0));
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = file.indexOf(".ko");
        return (end < 0 ? file : file.substring(0, end)).replace('-', '_');
    }

    private Set<String> loaded() {
        Set<String> names = new HashSet<>(names("sys/module"));
        text("proc/filesystems")
                .ifPresent(t -> t.lines()
                        .map(l -> l.substring(l.indexOf('\t') + 1).strip())
                        .forEach(names::add));
        return names;
    }

    /** Those of version 2, wherever it is mounted, and those of version 1 that have a hierarchy. */
    private Set<String> controllers() {
        Set<String> all = new HashSet<>();
        for (String place : List.of("sys/fs/cgroup", "sys/fs/cgroup/unified")) {
            text(place + "/cgroup.controllers")
                    .ifPresent(t -> all.addAll(Arrays.asList(t.strip().split("\\s+"))));
        }
        text("proc/self/cgroup")
                .ifPresent(t -> t.lines()
                        .map(l -> l.split(":", 3))
                        .filter(f -> f.length == 3 && !f[0].equals("0"))
                        .forEach(f -> all.addAll(Arrays.asList(f[1].split(",")))));
        all.remove("");
        return all;
    }

    private Set<String> devices() {
        return wanted(Kind.DEVICE).stream()
                .filter(p -> Files.exists(root.resolve(p.substring(1))))
                .collect(Collectors.toSet());
    }

    private Set<String> cpuFlags() {
        return text("proc/cpuinfo").stream()
                .flatMap(String::lines)
                .filter(l -> l.startsWith("flags") || l.startsWith("Features"))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .findFirst()
                .map(l -> Set.of(l.split("\\s+")))
                .orElse(Set.of());
    }

    /** Also in the directories for administrators, which a user's PATH may lack. */
    private Set<String> tools() {
        String path = environment.variable("PATH").orElse("") + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";
        return wanted(Kind.TOOL).stream()
                .filter(name -> Arrays.stream(path.split(":"))
                        .filter(d -> d.startsWith("/"))
                        .anyMatch(d ->
                                Files.isExecutable(root.resolve(d.substring(1)).resolve(name))))
                .collect(Collectors.toSet());
    }

    private static Set<String> wanted(Kind kind) {
        return Requirements.all().stream()
                .filter(r -> r.kind() == kind)
                .map(Requirement::names)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    private Set<String> names(String directory) {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
            entries.forEach(e -> names.add(String.valueOf(e.getFileName())));
        } catch (IOException e) {
            return Set.of();
        }
        return names;
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
