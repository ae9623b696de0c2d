package io.lamella.microbench;

import io.lamella.model.LatencyHistogram;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Counts what disturbs one CPU. */
final class NoiseMeter {
    /** Since the kernel stops a CPU's ticks only some time after the task has become its only one. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final int BUCKETS = 20_000;

    private final int cpu;
    private final Path group;
    private final int seconds;

    /** @param group the control group, of version 2, whose tasks may run on the CPU; made where it is missing */
    NoiseMeter(int cpu, Path group, int seconds) {
        this.cpu = cpu;
        this.group = group;
        this.seconds = seconds;
    }

    Noise measure(String state) {
        try {
            Files.createDirectories(group);
            try {
                return counted(state);
            } finally {
                end();
            }
        } catch (IOException e) {
            throw new BenchmarkException("CPU " + cpu + " cannot be measured: " + e.getMessage());
        }
    }

    private Noise counted(String state) throws IOException {
        Process busy = new ProcessBuilder(within(List.of("sh", "-c", "while :; do :; done")))
                .inheritIO()
                .start();
        Interrupts interrupts;
        long switches;
        long nanos;
        try {
            BenchmarkNode.pause(SETTLING);
            Interrupts before = interrupts();
            long switchedBefore = switches(busy.pid());
            long begin = System.nanoTime();
            BenchmarkNode.pause(Duration.ofSeconds(seconds));
            nanos = System.nanoTime() - begin;
            interrupts = interrupts().since(before);
            switches = switches(busy.pid()) - switchedBefore;
        } finally {
            busy.destroyForcibly();
        }
        Path histogram = Files.createTempFile("lamella-noise", "");
        try {
            Command.run(within(List.of(
                    "cyclictest",
                    "--quiet",
                    "--mlockall",
                    "--default-system",
                    "--priority=95",
                    "--interval=1000",
                    "--threads=1",
                    "--affinity=" + cpu,
                    "--histogram=" + BUCKETS,
                    "--histfile=" + histogram,
                    "--duration=" + seconds)));
            return new Noise(
                    state,
                    nanos / 1e9,
                    interrupts.ticks(),
                    interrupts.others(),
                    switches,
                    LatencyHistogram.parse(Files.readString(histogram)).latency("cyclictest"));
        } finally {
            Files.delete(histogram);
        }
    }

    /** The words that run a program on the CPU, in the group. */
    private List<String> within(List<String> program) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "set -e; echo $$ >\"$1\"; cpu=$2; shift 2; exec taskset -c \"$cpu\" \"$@\"",
                "noise",
                group.resolve("cgroup.procs").toString(),
                "" + cpu));
        command.addAll(program);
        return command;
    }

    private void end() throws IOException {
        for (int tries = 0; ; tries++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException e) { // its last process is being buried
                if (tries == 100) {
                    throw e;
                }
                BenchmarkNode.pause(Duration.ofMillis(50));
            }
        }
    }

    /**
     * A CPU's interrupts since the boot (proc_interrupts(5)).
     *
     * @param ticks of the local timer
     */
    record Interrupts(long ticks, long others) {
        Interrupts since(Interrupts before) {
            return new Interrupts(ticks - before.ticks, others - before.others);
        }

        /** Lines that are not each CPU's, such as ERR, count for nothing. */
        static Interrupts parse(int cpu, List<String> lines) {
            List<String> head = List.of(lines.getFirst().strip().split("\\s+"));
            int column = head.indexOf("CPU" + cpu);
            if (column < 0) {
                throw new BenchmarkException("CPU " + cpu + " is not in /proc/interrupts");
            }
            long ticks = 0;
            long others = 0;
            for (String line : lines.subList(1, lines.size())) {
                List<String> words = List.of(line.strip().split("\\s+"));
                if (words.size() <= head.size() || !words.get(column + 1).matches("\\d{1,18}")) {
                    continue;
                }
                long count = Long.parseLong(words.get(column + 1));
                boolean timer = words.getFirst().equals("LOC:") || line.contains("arch_timer");
                ticks += timer ? count : 0;
                others += timer ? 0 : count;
            }
            return new Interrupts(ticks, others);
        }
    }

    private Interrupts interrupts() throws IOException {
        return Interrupts.parse(cpu, Files.readAllLines(new File("/proc/interrupts").toPath(), StandardCharsets.UTF_8));
    }

    /** Involuntary ones (proc_pid_status(5), nonvoluntary_ctxt_switches). */
    private static long switches(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("nonvoluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new BenchmarkException("the busy task has ended"));
    }
}
