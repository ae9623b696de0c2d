package io.lamella.microbench;

import io.lamella.model.Autostart;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.Cidr;
import io.lamella.model.Codec;
import io.lamella.model.ImageBuild;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.NetworkSpec;
import io.lamella.model.NicSpec;
import io.lamella.model.Operation;
import io.lamella.model.SliceSpec;
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
    private static final String SLICE = "benchmark";
    private static final String INSTANCES = "/slices/" + SLICE + "/instances";
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration BUILD = Duration.ofSeconds(60);
    private static final int WARM_UP = 3;
    private static final int EDGE = 5;
    private static final NicSpec LAN = new NicSpec("lan", Optional.empty());

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
        say("idle for " + IDLE.toSeconds() + " s");
        BenchmarkNode.pause(IDLE);
        figures.add(Figure.alone("idle daemon's resident set", "MiB", node.residentMebibytes(), Optional.of(100.0)));
        prepare();
        launches("launch without a network", List.of());
        launches("launch on a network", List.of(LAN));
        lists();
        many();
        return figures;
    }

    private void prepare() {
        say("building an image");
        Operation build =
                Codec.read(Operation.class, node.api().post("/images/build", new ImageBuild("busybox", "busybox")));
        long deadline = System.nanoTime() + BUILD.toNanos();
        while (build.state() == Operation.State.RUNNING) {
            if (System.nanoTime() > deadline) {
                throw new BenchmarkException("building the image does not end");
            }
            BenchmarkNode.pause(Duration.ofMillis(200));
            build = Codec.read(Operation.class, node.api().get("/operations/" + build.id()));
        }
        if (build.state() == Operation.State.FAILED) {
            throw new BenchmarkException(
                    "the image was not built: " + build.error().orElse("no reason given"));
        }
        node.api().post("/slices", new SliceSpec(SLICE, Optional.empty(), Optional.empty(), Optional.empty()));
        node.api()
                .post(
                        "/slices/" + SLICE + "/networks",
                        new NetworkSpec("lan", List.of(Cidr.parse("subnets", "10.0.0.0/16"))));
    }

    /**
     * From the request until the instance runs, in turns with {@code lxc-start} of the same container.
     *
     * @param nics on the node's network, or on none
     */
    private void launches(String figure, List<NicSpec> nics) {
        say(figure + ", " + options.repetitions() + " times");
        launch("bare", nics);
        Path instance = node.state().resolve("lxc").resolve(SLICE + ".bare");
        Samples own = new Samples();
        Samples reference = new Samples();
        Path place = node.state().resolveSibling("bare-" + nics.size());
        try (BareContainer bare = new BareContainer(instance, place, node.bridge(), node.switchDirectory())) {
            node.api().post(INSTANCES + "/bare/stop?grace=0");
            for (int i = -WARM_UP; i < options.repetitions(); i++) {
                double launched = launch("one", nics);
                node.api().delete(INSTANCES + "/one?force=true");
                double started = bare.start();
                bare.stop();
                if (i >= 0) {
                    own.add(launched);
                    reference.add(started);
                }
            }
        }
        node.api().delete(INSTANCES + "/bare?force=true");
        figures.add(Figure.compared(figure, "ms", own, "lxc-start", reference, 1.3));
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
    private void many() {
        say("launching " + options.instances() + " instances");
        double before = availableMebibytes();
        Samples times = new Samples();
        for (int i = 1; i <= options.instances(); i++) {
            times.add(launch("many-" + i, List.of(LAN)));
        }
        double each = (before - availableMebibytes()) / options.instances();
        figures.add(Figure.compared(
                "launch of the last of " + options.instances(),
                "ms",
                times.last(EDGE),
                "of the first",
                times.first(EDGE),
                1.5));
        figures.add(Figure.alone("memory an instance", "MiB", each, Optional.empty()));
        figures.add(Figure.alone(
                "daemon's resident set with " + options.instances(),
                "MiB",
                node.residentMebibytes(),
                Optional.empty()));
        say("removing them");
        for (int i = 1; i <= options.instances(); i++) {
            node.api().delete(INSTANCES + "/many-" + i + "?force=true");
        }
    }

    private double launch(String name, List<NicSpec> nics) {
        long start = System.nanoTime();
        String answer = node.api().post(INSTANCES, spec(name, nics));
        double time = (System.nanoTime() - start) / 1e6;
        if (Codec.read(InstanceView.class, answer).status().state() != InstanceState.RUNNING) {
            throw new BenchmarkException("instance " + name + " does not run: " + answer);
        }
        return time;
    }

    private static InstanceSpec spec(String name, List<NicSpec> nics) {
        return new InstanceSpec(
                name,
                "busybox",
                BackendKind.LXC,
                Optional.empty(),
                Optional.empty(),
                Optional.of(ByteSize.mebibytes(64)),
                Optional.empty(),
                nics,
                new Autostart(false, 0, 0));
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
