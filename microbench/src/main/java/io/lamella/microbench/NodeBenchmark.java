package io.lamella.microbench;

import io.lamella.model.BackendKind;
import io.lamella.model.NicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A node beside the tools that it is built on: what {@code ./benchmark node} runs. */
public final class NodeBenchmark {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int WARM_UP = 3;
    private static final int EDGE = 5;

    private final Options options;
    private final BenchmarkNode node;
    private final List<Figure> figures = new ArrayList<>();

    private NodeBenchmark(Options options, BenchmarkNode node) {
        this.options = options;
        this.node = node;
    }

    @SuppressWarnings("SystemOut") // a command's own output
    public static void main(String[] words) {
        try {
            Options options = Options.parse(words);
            List<Figure> figures;
            try (BenchmarkNode node = new BenchmarkNode(
                    options.daemon(), "bench" + ThreadLocalRandom.current().nextInt(1_000_000))) {
                figures = new NodeBenchmark(options, node).run();
            }
            System.out.print(Report.table(figures));
            System.out.println(Report.verdict(figures));
            if (options.json().isPresent()) {
                Files.writeString(options.json().get(), Report.json(machine(), figures));
            }
            if (!Figure.allMet(figures)) {
                System.exit(1);
            }
        } catch (BenchmarkException | IOException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(1);
        }
    }

    private List<Figure> run() {
        if (options.backend() == BackendKind.LXC) {
            say("idle for " + IDLE.toSeconds() + " s");
            BenchmarkNode.pause(IDLE);
            figures.add(
                    Figure.alone("idle daemon's resident set", "MiB", node.residentMebibytes(), Optional.of(100.0)));
        }
        say("building an image");
        Tenant tenant = new Tenant(node, options.backend());
        if (options.backend() == BackendKind.LXC) {
            launches(tenant, "launch without a network", List.of());
            launches(tenant, "launch on a network", List.of(Tenant.LAN));
            lists();
        } else {
            launches(tenant, "launch of a virtual machine, " + options.backend(), List.of());
        }
        many(tenant);
        return figures;
    }

    /**
     * From the request until the instance runs, in turns with the bare tool's start of the same.
     *
     * @param nics on the node's network, or on none
     */
    private void launches(Tenant tenant, String figure, List<NicSpec> nics) {
        say(figure + ", " + options.repetitions() + " times");
        tenant.launch("bare", nics);
        Samples own = new Samples();
        Samples reference = new Samples();
        try (Rival bare = rival(tenant, node.state().resolveSibling("bare-" + nics.size()))) {
            tenant.stop("bare");
            for (int i = -WARM_UP; i < options.repetitions(); i++) {
                double launched = tenant.launch("one", nics);
                tenant.delete("one");
                double started = bare.start();
                bare.stop();
                if (i >= 0) {
                    own.add(launched);
                    reference.add(started);
                }
            }
        }
        tenant.delete("bare");
        figures.add(Figure.compared(figure, "ms", own, tool(tenant.backend()), reference, 1.3));
    }

    /** What the running instance {@code bare} is without the node, in a directory of its own. */
    private Rival rival(Tenant tenant, Path place) {
        Path instance = tenant.directory("bare");
        return switch (tenant.backend()) {
            case LXC -> new BareContainer(instance, place, node.bridge(), node.switchDirectory());
            case KVM -> new BareMachine(tenant.pid("bare"), instance, place);
            default -> throw new BenchmarkException("there is no bare tool for " + tenant.backend());
        };
    }

    private static String tool(BackendKind backend) {
        return backend == BackendKind.LXC ? "lxc-start" : "qemu-system";
    }

    /** {@code lamella list} in turns with a program that prints one line. */
    private void lists() {
        say("listing, " + options.repetitions() + " times");
        List<String> list = List.of(
                options.command().toString(), "list", "--socket", node.socket().toString());
        Samples own = new Samples();
        Samples reference = new Samples();
        for (int i = -WARM_UP; i < options.repetitions(); i++) {
            double listed = Command.timed(list);
            double greeted = Command.timed(options.hello());
            if (i >= 0) {
                own.add(listed);
                reference.add(greeted);
            }
        }
        figures.add(Figure.compared("lamella list", "ms", own, "hello world", reference, 2.5));
    }

    /** Many instances at once: the last launches against the first, and what each costs. */
    private void many(Tenant tenant) {
        say("launching " + options.instances() + " instances");
        double before = availableMebibytes();
        Samples times = new Samples();
        for (int i = 1; i <= options.instances(); i++) {
            times.add(tenant.launch("many-" + i, List.of(Tenant.LAN)));
        }
        double each = (before - availableMebibytes()) / options.instances();
        if (options.instances() >= 2 * EDGE) {
            figures.add(Figure.compared(
                    "launch of the last of " + options.instances(),
                    "ms",
                    times.last(EDGE),
                    "of the first",
                    times.first(EDGE),
                    1.5));
        }
        figures.add(Figure.alone(
                "memory that an instance of " + tenant.memory() + " takes, " + tenant.backend(),
                "MiB",
                each,
                Optional.empty()));
        figures.add(Figure.alone(
                "daemon's resident set with " + options.instances(),
                "MiB",
                node.residentMebibytes(),
                Optional.empty()));
        say("removing them");
        for (int i = 1; i <= options.instances(); i++) {
            tenant.delete("many-" + i);
        }
    }

    /** What the kernel could still give away, in MiB (proc_meminfo(5), MemAvailable). */
    private static double availableMebibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new BenchmarkException("the free memory cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, String> machine() throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put(
                "kernel",
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        machine.put("cpus", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("java", Runtime.version().toString());
        machine.put("load", Files.readString(Path.of("/proc/loadavg")).strip());
        return machine;
    }

    @SuppressWarnings("SystemOut")
    private static void say(String what) {
        System.err.println("benchmark: " + what);
    }
}
