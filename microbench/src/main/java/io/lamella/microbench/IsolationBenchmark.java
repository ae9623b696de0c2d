package io.lamella.microbench;

import io.lamella.model.CpuSet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Noise on the node's last CPU while all others are under load: what {@code ./benchmark isolation} runs. The CPU is a
 * slice's own, first that alone, then isolated for it; at last, where it is asked for, left to tuned.
 */
public final class IsolationBenchmark {
    private static final String SLICE = "edge";
    private static final Duration LOADED = Duration.ofSeconds(3);

    private final BenchmarkNode node;
    private final int cpu;
    private final CpuSet others;
    private final String suffix;
    private final NoiseMeter meter;

    private IsolationBenchmark(BenchmarkNode node, String name, int cpu, CpuSet others, int seconds)
            throws IOException {
        this.node = node;
        this.cpu = cpu;
        this.others = others;
        this.meter = new NoiseMeter(cpu, Path.of("/sys/fs/cgroup", name, SLICE, "_noise"), seconds);
        Path tickless = Path.of("/sys/devices/system/cpu/nohz_full"); // a kernel may know nothing of it
        String ticking =
                Files.exists(tickless) ? Files.readString(tickless).strip().replace("(null)", "") : "";
        this.suffix = CpuSet.parse("nohz_full", ticking).contains(cpu) ? NoiseTable.BOOTED : "";
    }

    /** Either measures, or prints what was measured: {@code --table FILE...}. */
    @SuppressWarnings("SystemOut") // a command's own output
    public static void main(String[] words) {
        try {
            if (words.length > 1 && words[0].equals("--table")) {
                List<Noise> rows = new ArrayList<>();
                for (String file : List.of(words).subList(1, words.length)) {
                    Files.readAllLines(Path.of(file)).forEach(line -> rows.add(Noise.parse(line)));
                }
                NoiseTable table = new NoiseTable(rows);
                System.out.print(table.text());
                table.verdicts().forEach(System.out::println);
                System.exit(table.met() ? 0 : 1);
            }
            Files.write(
                    Path.of(words[0]),
                    measure(
                                    Path.of(words[1]),
                                    Integer.parseInt(words[2]),
                                    List.of(words).contains("--tuned"))
                            .stream()
                            .map(Noise::line)
                            .toList());
        } catch (BenchmarkException | IOException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(1);
        }
    }

    private static List<Noise> measure(Path daemon, int seconds, boolean tuned) throws IOException {
        if (!Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))) {
            throw new BenchmarkException("only with cgroup v2 alone can a CPU be isolated while the kernel runs");
        }
        CpuSet online = CpuSet.parse(
                "online",
                Files.readString(Path.of("/sys/devices/system/cpu/online")).strip());
        if (online.size() < 2) {
            throw new BenchmarkException("at least two CPUs are needed: one to measure, one for the load");
        }
        int cpu = online.stream().max().orElseThrow();
        CpuSet others = online.minus(CpuSet.of(cpu));
        // What measures, and the daemon, are no noise of the CPU's.
        Command.run(List.of(
                "taskset",
                "-a",
                "-p",
                "-c",
                others.toString(),
                "" + ProcessHandle.current().pid()));
        String name = "bench" + ThreadLocalRandom.current().nextInt(1_000_000);
        try (BenchmarkNode node = new BenchmarkNode(daemon, name)) {
            return new IsolationBenchmark(node, name, cpu, others, seconds).run(tuned);
        }
    }

    private List<Noise> run(boolean tuned) throws IOException {
        NodeApi api = node.api();
        api.post("/slices", Map.of("name", SLICE, "cpus", cpu + "-" + cpu));
        List<Noise> rows = new ArrayList<>();
        Process load = load();
        try {
            BenchmarkNode.pause(LOADED);
            rows.add(noise("dedicated", load));
            say(api.put("/isolation", Map.of("slice", SLICE, "profile", "realtime")));
            rows.add(noise(NoiseTable.ISOLATED, load));
            api.post("/isolation/undo");
            if (tuned) {
                tuned(load).ifPresent(rows::add);
            }
        } finally {
            stop(load);
        }
        return rows;
    }

    private Noise noise(String state, Process load) {
        say("measuring: " + state + suffix);
        Noise noise = meter.measure(state + suffix);
        if (!load.isAlive()) {
            throw new BenchmarkException("stress-ng ended by itself");
        }
        return noise;
    }

    /** The same load for every state, on all CPUs but the measured one. */
    private Process load() throws IOException {
        int workers = others.size();
        return new ProcessBuilder(
                        "taskset",
                        "-c",
                        others.toString(),
                        "stress-ng",
                        "--quiet",
                        "--temp-path",
                        node.state().toString(),
                        "--cpu",
                        "" + workers,
                        "--sock",
                        "1",
                        "--fork",
                        "1",
                        "--hdd",
                        "1",
                        "--hdd-bytes",
                        "16M",
                        "--timer",
                        "1")
                .redirectErrorStream(true)
                .redirectOutput(node.state().resolve("stress.log").toFile())
                .redirectInput(new File("/dev/null"))
                .start();
    }

    /** It ends its workers when it is asked to. */
    private static void stop(Process load) {
        load.destroy();
        try {
            if (!load.waitFor(30, TimeUnit.SECONDS)) {
                load.destroyForcibly();
            }
        } catch (InterruptedException e) {
            load.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The same CPU isolated by tuned's profile cpu-partitioning, of Debian's package tuned. */
    private Optional<Noise> tuned(Process load) throws IOException {
        Path variables = Path.of("/etc/tuned/cpu-partitioning-variables.conf");
        if (!Files.exists(variables)) {
            say("tuned is not installed and is left out");
            return Optional.empty();
        }
        Files.writeString(variables, "isolated_cores=" + cpu + "\n");
        Command.run(List.of("tuned-adm", "profile", "cpu-partitioning"));
        try {
            return Optional.of(noise(NoiseTable.TUNED, load));
        } finally {
            Command.run(List.of("tuned-adm", "off"));
        }
    }

    @SuppressWarnings("SystemOut")
    private static void say(String what) {
        System.err.println("benchmark: " + what);
    }
}
