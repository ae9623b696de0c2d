package io.lamella.isolation;

import io.lamella.linux.RealTime;
import io.lamella.linux.Threads;
import io.lamella.model.CpuSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How late a real-time task wakes up, measured without cyclictest: a program of its own, since it runs where nothing of
 * the daemon may. It prints what cyclictest would.
 */
public final class WakeUps {
    static final String NAME = "own";
    static final int PRIORITY = 95;
    static final int INTERVAL_MICROS = 1000;
    static final int BUCKETS = 20_000;

    /** What a wake-up leaves behind for the garbage collector, which must not come to run. */
    private static final int GARBAGE_BYTES = 1024;

    private static final int FIRST = 100;

    private final long[] counts = new long[BUCKETS];
    private long overflows;
    private long max;

    private WakeUps() {}

    /** The words that start it. */
    static List<String> command(CpuSet cpus, int seconds) {
        long garbage = 1_000_000L / INTERVAL_MICROS * seconds * cpus.size() * GARBAGE_BYTES;
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmn" + ((garbage >> 20) + 64) + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WakeUps.class.getName(),
                cpus.toString(),
                Integer.toString(seconds));
    }

    @SuppressWarnings("SystemOut") // a program's own output
    public static void main(String[] words) throws InterruptedException {
        CpuSet cpus = CpuSet.parse("cpus", words[0]);
        int seconds = Integer.parseInt(words[1]);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<WakeUps> each = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int cpu : cpus.stream().toArray()) {
            WakeUps own = new WakeUps();
            each.add(own);
            Thread thread = new Thread(() -> own.measure(cpu, seconds));
            thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            System.err.println(failure.get().getMessage());
            System.exit(1);
        }
        System.out.print(text(each));
    }

    private void measure(int cpu, int seconds) {
        Threads.pin(0, List.of(cpu));
        RealTime.lockMemory();
        RealTime.fifo(PRIORITY);
        long interval = INTERVAL_MICROS * 1000L;
        long due = System.nanoTime() + interval;
        int samples = seconds * (1_000_000 / INTERVAL_MICROS);
        for (int i = -FIRST; i < samples; i++) { // the first ones are compiled code's coming to be
            RealTime.sleepUntil(due);
            long now = System.nanoTime();
            if (i >= 0) {
                count((now - due) / 1000);
            }
            due = Math.max(due, now - interval) + interval; // late ones do not make a burst
        }
    }

    private void count(long micros) {
        max = Math.max(max, micros);
        if (micros < BUCKETS) {
            counts[(int) micros]++;
        } else {
            overflows++;
        }
    }

    private static String text(List<WakeUps> each) {
        StringBuilder s = new StringBuilder("# Histogram\n");
        for (int micros = 0; micros < BUCKETS; micros++) {
            int bucket = micros;
            if (each.stream().anyMatch(w -> w.counts[bucket] > 0)) {
                s.append(bucket);
                each.forEach(w -> s.append('\t').append(w.counts[bucket]));
                s.append('\n');
            }
        }
        s.append("# Max Latencies:");
        each.forEach(w -> s.append(' ').append(w.max));
        s.append("\n# Histogram Overflows:");
        each.forEach(w -> s.append(' ').append(w.overflows));
        return s.append('\n').toString();
    }
}
