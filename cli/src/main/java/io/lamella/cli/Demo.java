package io.lamella.cli;

import io.lamella.model.Autostart;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.Cidr;
import io.lamella.model.Codec;
import io.lamella.model.CpuRequest;
import io.lamella.model.Image;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceView;
import io.lamella.model.Ipv4;
import io.lamella.model.KernelView;
import io.lamella.model.Network;
import io.lamella.model.NetworkSpec;
import io.lamella.model.NicSpec;
import io.lamella.model.NodeInfo;
import io.lamella.model.SliceSpec;
import io.lamella.model.SliceView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sets up two slices with overlapping addresses, proves that nothing crosses between them, and takes them away again.
 * Setting up takes what is there, so that it can be repeated.
 */
final class Demo {
    static final String NETWORK = "lan";
    static final List<String> SLICES = List.of("operator-a", "operator-b");

    private static final String SUBNET = "10.0.0.0/24";
    private static final int TRIES = 4;
    private static final ByteSize SLICE_MEMORY = ByteSize.mebibytes(512);
    /** Around each machine there is what its hypervisor takes. */
    private static final ByteSize MACHINES_MEMORY = ByteSize.mebibytes(1024);

    private static final int LEAST_MACHINE = 128;
    private static final List<String> IMAGES = List.of("busybox", "debian13");

    /** What is launched: in each slice a small instance at an address that both have, and one at its slice's own. */
    private static final List<Member> MEMBERS = List.of(
            new Member("operator-a", "a1", "busybox", "10.0.0.2", 1, 64),
            new Member("operator-a", "a2", "debian13", "10.0.0.3", 0, 256),
            new Member("operator-b", "b1", "busybox", "10.0.0.2", 1, 64),
            new Member("operator-b", "b2", "debian13", "10.0.0.4", 0, 256));

    /**
     * One instance.
     *
     * @param cpus how many, or 0 for all of the slice's
     * @param memory in mebibytes
     */
    record Member(String slice, String name, String image, String address, int cpus, int memory) {
        Place place() {
            return new Place(slice, name);
        }

        InstanceSpec spec(BackendKind backend) {
            return InstanceSpec.of(
                    name,
                    image,
                    backend,
                    cpus == 0 ? Optional.empty() : Optional.of(new CpuRequest.Count(cpus)),
                    Optional.empty(),
                    Optional.of(
                            ByteSize.mebibytes(backend == BackendKind.LXC ? memory : Math.max(memory, LEAST_MACHINE))),
                    Optional.empty(),
                    List.of(new NicSpec(NETWORK, Optional.of(Ipv4.parse("address", address)))),
                    Autostart.DEFAULT);
        }
    }

    private final BackendKind backend;
    private final Api api;
    private final Environment environment;
    private final Report report;

    private Demo(Invocation in) {
        backend = BackendKind.parse("backend", in.option("backend").orElse("lxc"));
        api = in.api();
        environment = in.environment();
        report = new Report(environment);
    }

    static int run(Invocation in) {
        Demo demo = new Demo(in);
        if (in.flag("down")) {
            return demo.down();
        }
        Path file = Path.of(in.option("report").orElse("report.json"));
        try {
            demo.up();
        } catch (Failure e) {
            demo.report.write(file, e.getMessage());
            throw e;
        }
        demo.report.printVerdict();
        demo.report.write(file, "");
        demo.hints(file);
        return demo.report.holds() ? 0 : 1;
    }

    private void up() {
        NodeInfo node = api.get(NodeInfo.class, "/node");
        report.fact("machine", Format.parse(Codec.write(node)));
        images();
        slices(node);
        MEMBERS.forEach(this::launch);
        List<InstanceView> views = new ArrayList<>();
        for (Member m : MEMBERS) {
            views.add(report.step("instance " + m.place() + " has its address", () -> addressed(m)));
        }
        Isolation isolation = new Isolation(api, TRIES);
        for (int i = 0; i < 2; i++) {
            int own = i * 2;
            int other = 2 - own;
            Side mine = new Side(MEMBERS.get(own), MEMBERS.get(own + 1));
            Side theirs = new Side(MEMBERS.get(other), MEMBERS.get(other + 1));
            List<Proof> proofs =
                    report.step("packets of " + mine.slice() + " counted", () -> isolation.proofs(mine, theirs));
            proofs.forEach(report::add);
        }
        kernelProofs(views);
        report.fact("instances", Format.parse(Codec.write(views)));
        environment.out().print("\n" + table(views) + "\n");
    }

    /** Two instances of one slice. */
    record Side(Member small, Member large) {
        String slice() {
            return small.slice();
        }
    }

    private void images() {
        List<String> there =
                api.list(Image.class, "/images").stream().map(Image::name).toList();
        for (String image : IMAGES) {
            report.step("image " + image + (there.contains(image) ? "" : " built"), () -> {
                if (!there.contains(image)) {
                    ImageCommands.build(api, environment, image, image);
                }
                return image;
            });
        }
    }

    private void slices(NodeInfo node) {
        List<String> there = api.list(SliceView.class, "/slices").stream()
                .map(SliceView::name)
                .toList();
        List<String> missing = SLICES.stream().filter(s -> !there.contains(s)).toList();
        int free = node.freeCpus().size();
        if (free < missing.size()) {
            throw Failure.failed("the demo needs " + missing.size() + " CPUs that no slice owns, and the node has "
                    + free + " of " + node.cpus().size());
        }
        int share = missing.isEmpty() ? 0 : free / missing.size();
        for (String slice : SLICES) {
            report.step("slice " + slice + " with CPUs of its own", () -> {
                if (missing.contains(slice)) {
                    api.post(
                            "/slices",
                            new SliceSpec(
                                    slice,
                                    Optional.of(new CpuRequest.Count(share)),
                                    Optional.of(backend == BackendKind.LXC ? SLICE_MEMORY : MACHINES_MEMORY),
                                    Optional.empty()));
                }
                return slice;
            });
            report.step("network " + slice + "/" + NETWORK + " " + SUBNET, () -> {
                String path = Api.path("slices", slice, "networks");
                if (api.list(Network.class, path).stream()
                        .noneMatch(n -> n.name().equals(NETWORK))) {
                    api.post(path, new NetworkSpec(NETWORK, List.of(Cidr.parse("subnet", SUBNET))));
                }
                return slice;
            });
        }
    }

    private void launch(Member m) {
        report.step("instance " + m.place() + " from " + m.image(), () -> {
            String path = Api.path("slices", m.slice(), "instances");
            Optional<InstanceView> there = api.list(InstanceView.class, path).stream()
                    .filter(i -> i.name().equals(m.name()))
                    .findFirst();
            if (there.isEmpty()) {
                api.post(path, m.spec(backend));
            } else if (there.get().status().state() == InstanceState.FROZEN) {
                api.post(m.place().instancePath("thaw"));
            } else if (there.get().status().state() != InstanceState.RUNNING) {
                api.post(m.place().instancePath("start"));
            }
            return m;
        });
    }

    /** Waits until the kernel reports the address inside the instance. */
    private InstanceView addressed(Member m) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (true) {
            InstanceView view = api.get(InstanceView.class, m.place().instancePath());
            if (view.kernel().filter(k -> hasAddress(k, m.address())).isPresent()) {
                return view;
            }
            if (System.nanoTime() > deadline) {
                throw Failure.failed("the kernel reports no address " + m.address() + " in " + m.place() + ": "
                        + view.kernel()
                                .map(k -> String.join(", ", k.addresses()))
                                .orElse("it does not run"));
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.failed("interrupted");
            }
        }
    }

    private static boolean hasAddress(KernelView kernel, String address) {
        return kernel.addresses().stream().anyMatch(a -> a.equals(address) || a.startsWith(address + "/"));
    }

    private void kernelProofs(List<InstanceView> views) {
        Proof.Builder facts = new Proof.Builder("cores, memory limit and address are, as the kernel reports, as asked");
        for (int i = 0; i < views.size(); i++) {
            Member m = MEMBERS.get(i);
            InstanceView view = views.get(i);
            KernelView kernel = view.kernel().orElseThrow();
            Optional<ByteSize> memory = view.spec().memory();
            facts.finding(
                    m.place() + " CPUs",
                    kernel.cpus().toString(),
                    kernel.cpus().equals(view.status().cpus())
                            && (m.cpus() == 0 || kernel.cpus().size() == m.cpus()));
            facts.finding(
                    m.place() + " memory limit",
                    kernel.memoryLimit().map(ByteSize::toString).orElse("none"),
                    memory.isPresent()
                            && kernel.memoryLimit()
                                    .filter(k -> holds(view, k, memory.get()))
                                    .isPresent());
            facts.finding(
                    m.place() + " addresses",
                    String.join(", ", kernel.addresses()),
                    kernel.addresses().size() == 1 && hasAddress(kernel, m.address()));
        }
        report.add(facts.done());
        SliceView a = api.get(SliceView.class, Api.path("slices", SLICES.getFirst()));
        SliceView b = api.get(SliceView.class, Api.path("slices", SLICES.getLast()));
        Proof.Builder cpus =
                new Proof.Builder("the slices share no CPU, and their instances run on their slice's only");
        cpus.finding(a.name() + " CPUs", a.cpus().toString(), !a.cpus().isEmpty());
        cpus.finding(
                b.name() + " CPUs",
                b.cpus().toString(),
                !b.cpus().isEmpty() && !a.cpus().intersects(b.cpus()));
        for (InstanceView view : views) {
            SliceView slice = view.slice().equals(a.name()) ? a : b;
            cpus.finding(
                    view.slice() + "/" + view.name() + " runs on",
                    view.kernel().orElseThrow().cpus().toString(),
                    slice.cpus().containsAll(view.kernel().orElseThrow().cpus()));
        }
        report.add(cpus.done());
    }

    /** A container's limit is what was asked for; around a machine there is what its hypervisor takes. */
    private static boolean holds(InstanceView view, ByteSize limit, ByteSize asked) {
        return view.status().backend() == BackendKind.LXC ? limit.equals(asked) : limit.bytes() >= asked.bytes();
    }

    private static String table(List<InstanceView> views) {
        Table table = Table.of("SLICE", "INSTANCE", "BACKEND", "IMAGE", "CPUS", "MEMORY", "ADDRESS", "STATE");
        for (InstanceView i : views) {
            KernelView kernel = i.kernel().orElseThrow();
            table.row(
                    i.slice(),
                    i.name(),
                    i.status().backend().word(),
                    i.spec().image(),
                    kernel.cpus().toString(),
                    kernel.memoryLimit().map(ByteSize::toString).orElse("-"),
                    String.join(", ", kernel.addresses()),
                    i.status().state().word());
        }
        return table.text();
    }

    private void hints(Path file) {
        String lamella = environment.variable("LAMELLA_COMMAND").orElse("lamella"); // a checkout's is ./lamella
        environment.out().print("""

                The report is in %1$s. The node goes on running; play with it:
                  %2$s list
                  %2$s exec operator-a/a1 -- sh
                  %2$s show operator-b/b2
                Remove what the demo made:
                  %2$s demo --down
                """.formatted(file, lamella));
    }

    private int down() {
        List<String> slices = api.list(SliceView.class, "/slices").stream()
                .map(SliceView::name)
                .toList();
        for (String slice : SLICES) {
            if (slices.contains(slice)) {
                report.step("slice " + slice + " deleted, with all that was in it", () -> {
                    api.delete(Api.path("slices", slice) + "?force=true");
                    return slice;
                });
            }
        }
        List<String> used = api.list(InstanceView.class, "/instances").stream()
                .map(i -> i.spec().image())
                .toList();
        for (Image image : api.list(Image.class, "/images")) {
            if (!IMAGES.contains(image.name())) {
                continue;
            }
            if (used.contains(image.name()) || used.contains(image.digest())) {
                environment.out().println("image " + image.name() + " is kept: other instances use it");
                continue;
            }
            report.step("image " + image.name() + " deleted", () -> {
                api.delete(Api.path("images", image.name()));
                return image;
            });
        }
        return 0;
    }
}
