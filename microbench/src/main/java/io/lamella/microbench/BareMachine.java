package io.lamella.microbench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The virtual machine of an instance, run by QEMU alone with the same arguments: its kernel, disk and devices in a
 * directory of its own. Ready is when the guest says so, as for the node.
 */
final class BareMachine implements Rival {
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final int FIRST_FILE = 3;
    private static final String CONTROL = "control";

    private final Path directory;
    private final Path disk;
    private final Path fresh;
    private final List<String> command = new ArrayList<>(List.of("bash", "-c"));
    private Optional<Process> process = Optional.empty();

    /**
     * @param pid of the QEMU of a running instance that has no network
     * @param instance the instance's directory
     * @param directory where its own goes
     */
    BareMachine(int pid, Path instance, Path directory) {
        this.directory = directory;
        this.disk = directory.resolve("root.qcow2");
        this.fresh = directory.resolve("fresh.qcow2");
        try {
            Path proc = Path.of("/proc", Integer.toString(pid));
            List<String> words = Arrays.asList(Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
            Path sockets = words.stream()
                    .filter(word -> word.startsWith("socket,id=" + CONTROL + ",path="))
                    .map(word -> Path.of(word.split("path=")[1].split(",")[0]).getParent())
                    .findFirst()
                    .orElseThrow(() -> new BenchmarkException("process " + pid + " has no control socket"));
            StringBuilder open = new StringBuilder();
            inherited(proc, words)
                    .forEach((fd, file) -> open.append("exec ")
                            .append(fd)
                            .append("<'")
                            .append(file)
                            .append("'; "));
            command.add(open + "exec \"$@\"");
            command.add("bare");
            words.stream()
                    .map(word -> word.replace(instance.toString(), directory.toString())
                            .replace(sockets.toString(), directory.toString()))
                    .forEach(command::add);
            Files.createDirectories(directory);
            Files.copy(instance.resolve("root.qcow2"), fresh, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new BenchmarkException("the bare machine cannot be made: " + e.getMessage());
        }
    }

    /** The files that the arguments name by descriptors. */
    private static Map<Integer, Path> inherited(Path proc, List<String> words) throws IOException {
        Map<Integer, Path> files = new TreeMap<>();
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            for (Path link : open.toList()) {
                int fd = Integer.parseInt(link.getFileName().toString());
                boolean named = words.stream()
                        .anyMatch(word -> word.equals("/proc/self/fd/" + fd) || word.startsWith("fd=" + fd + ","));
                if (fd >= FIRST_FILE && named) {
                    files.put(fd, Files.readSymbolicLink(link));
                }
            }
        }
        return files;
    }

    @Override
    public double start() {
        try {
            Files.copy(fresh, disk, StandardCopyOption.REPLACE_EXISTING);
            Files.deleteIfExists(directory.resolve(CONTROL));
            long start = System.nanoTime();
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("qemu.log").toFile())
                    .redirectInput(new File("/dev/null"))
                    .start();
            process = Optional.of(started);
            awaitReady(started);
            return (System.nanoTime() - start) / 1e6;
        } catch (IOException e) {
            stop();
            throw new BenchmarkException("the bare machine does not come up: " + e.getMessage());
        }
    }

    private void awaitReady(Process started) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve(CONTROL));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (started.isAlive() && System.nanoTime() < deadline) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(address);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.strip().equals("ready")) {
                        return;
                    }
                }
            } catch (IOException e) {
                BenchmarkNode.pause(Duration.ofMillis(1)); // it does not listen yet
            }
        }
        throw new IOException(Files.readString(directory.resolve("qemu.log"), StandardCharsets.ISO_8859_1)
                .strip());
    }

    @Override
    public void stop() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            try {
                running.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        process = Optional.empty();
    }

    @Override
    public void close() {
        stop();
    }
}
