package io.lamella.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.Firmware;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A machine in memory, for what is about the order of deeds and not about the kernel. The daemon on it can be killed
 * before any deed and after it: what was done stays done, and nothing more happens until {@link #revive}.
 */
final class Machine {
    /** Stands for SIGKILL: no handler of exceptions catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    CpuSet online = CpuSet.of(0, 1, 2, 3);
    /** As {@link #named}. */
    final Set<String> disks = new TreeSet<>();

    final Set<String> running = new TreeSet<>();
    /** Units with the CPUs that they really have. */
    final Map<String, CpuSet> cpus = new TreeMap<>();

    /** Slices with the CPUs that they really have. */
    final Map<String, CpuSet> groups = new TreeMap<>();

    final Set<String> devices = new TreeSet<>();
    /** Devices that the switch forwards. */
    final Set<String> connected = new TreeSet<>();

    final Set<String> contents = new HashSet<>();
    final List<String> log = new ArrayList<>();
    private final List<BiConsumer<String, String>> listeners = new ArrayList<>();
    private final Map<String, Runnable> events = new TreeMap<>();
    private final Store store;
    private int deedsLeft = Integer.MAX_VALUE;
    private Optional<String> broken = Optional.empty();

    Machine(Store store) {
        this.store = store;
    }

    /** What a backend has of a unit: LXC by its name alone, as most of the stories are about LXC only. */
    static String named(BackendKind kind, String unit) {
        return kind == BackendKind.LXC ? unit : kind + " " + unit;
    }

    /** A daemon on this machine. */
    Compute daemon() {
        return new Compute(
                new Compute.Ports(
                        new DyingStore(),
                        List.of(new Hypervisor(BackendKind.LXC), new Hypervisor(BackendKind.KVM)),
                        new Groups(),
                        new NoIsolation(),
                        new Wires(),
                        new Contents(),
                        new io.lamella.model.IdRange(1_000_000, 100 * io.lamella.model.IdRange.PER_SLICE),
                        java.time.Clock.systemUTC()),
                new Node.Facts("host", "1", "6", "x86_64"));
    }

    synchronized void killAfter(int deeds) {
        deedsLeft = deeds;
    }

    /** Whether it was killed; deeds succeed again afterwards. */
    synchronized boolean revive() {
        boolean killed = deedsLeft < 0;
        deedsLeft = Integer.MAX_VALUE;
        return killed;
    }

    /** Lets every deed whose words begin so fail; the empty option repairs that. */
    synchronized void breaks(Optional<String> deed) {
        broken = deed;
    }

    /** An instance ends by itself. */
    void end(String unit) {
        running.remove(unit);
        listeners.forEach(listener -> listener.accept(unit, "by itself"));
    }

    /** Lets something happen, once, at the moment before the first deed whose words begin so. */
    synchronized void before(String deed, Runnable event) {
        events.put(deed, event);
    }

    private <T> T deed(String words, Supplier<T> deed) {
        event(words).ifPresent(Runnable::run);
        return carryOut(words, deed);
    }

    private synchronized Optional<Runnable> event(String words) {
        Optional<String> due =
                events.keySet().stream().filter(words::startsWith).findFirst();
        return due.map(events::remove);
    }

    private synchronized <T> T carryOut(String words, Supplier<T> deed) {
        if (--deedsLeft < 0) {
            deedsLeft = -1;
            throw new Killed();
        }
        if (broken.filter(words::startsWith).isPresent()) {
            throw Refusal.unavailable(words + " does not work");
        }
        log.add(words);
        return deed.get();
    }

    /** Every transaction is a deed: killed before it or after it. */
    private final class DyingStore implements Store {
        @Override
        public <T> Optional<T> get(Kind<T> kind, String key) {
            return store.get(kind, key);
        }

        @Override
        public <T> List<T> list(Kind<T> kind) {
            return store.list(kind);
        }

        @Override
        public <R> R transact(Function<Transaction, R> work) {
            return deed("transact", () -> store.transact(work));
        }

        @Override
        public void close() {}
    }

    private final class Hypervisor implements Backend {
        private final BackendKind kind;

        Hypervisor(BackendKind kind) {
            this.kind = kind;
        }

        private String disk(String unit) {
            return named(kind, unit);
        }

        @Override
        public BackendKind kind() {
            return kind;
        }

        @Override
        public BackendInfo probe() {
            return new BackendInfo(kind(), true, "1");
        }

        @Override
        public Optional<String> objection(Root image) {
            return Optional.empty();
        }

        @Override
        public Plug plug(InstancePlan plan) {
            return new Plug.Pair();
        }

        @Override
        public void createFrom(InstancePlan plan, Path tree) {
            deed("copy " + tree + " to " + kind, () -> disks.add(disk(plan.unit())));
        }

        @Override
        public void withTree(InstancePlan plan, Consumer<Path> use) {
            assertThat(disks).contains(disk(plan.unit()));
            use.accept(Path.of(plan.unit()));
        }

        @Override
        public void create(InstancePlan plan) {
            deed("create " + plan.unit(), () -> disks.add(disk(plan.unit())));
        }

        @Override
        public void start(InstancePlan plan) {
            deed("start " + plan.unit(), () -> {
                disks.add(disk(plan.unit()));
                cpus.put(plan.unit(), plan.instance().cpus());
                return running.add(disk(plan.unit()));
            });
        }

        @Override
        public void stop(String unit, Duration grace) {
            deed("stop " + unit, () -> running.remove(disk(unit)));
        }

        @Override
        public void freeze(String unit) {}

        @Override
        public void thaw(String unit) {}

        @Override
        public void limit(InstancePlan plan) {
            deed(
                    "limit " + plan.unit(),
                    () -> cpus.put(plan.unit(), plan.instance().cpus()));
        }

        @Override
        public void delete(String unit) {
            deed("delete " + unit, () -> disks.remove(disk(unit)));
        }

        @Override
        public Observation observe(String unit) {
            synchronized (Machine.this) {
                return running.contains(disk(unit))
                        ? new Observation(InstanceState.RUNNING, Optional.of(1))
                        : Observation.STOPPED;
            }
        }

        @Override
        public Set<String> inventory() {
            synchronized (Machine.this) {
                return Stream.concat(disks.stream(), running.stream())
                        .map(name -> name.substring(name.indexOf(' ') + 1))
                        .filter(unit -> disks.contains(disk(unit)) || running.contains(disk(unit)))
                        .collect(Collectors.toSet());
            }
        }

        @Override
        public KernelView kernelView(String unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Session exec(String unit, ExecRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Session console(String unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream consoleLog(String unit) {
            return InputStream.nullInputStream();
        }

        @Override
        public void onExit(BiConsumer<String, String> listener) {
            listeners.add(listener);
        }
    }

    private final class Groups implements Partition {
        @Override
        public CpuSet cpus() {
            return online;
        }

        @Override
        public ByteSize memory() {
            return ByteSize.mebibytes(4096);
        }

        @Override
        public String cgroupMode() {
            return "v1";
        }

        /** Like cgroup v1, which takes no CPU that is offline. */
        @Override
        public void apply(Slice slice) {
            deed("confine " + slice.name() + " to " + slice.cpus(), () -> {
                if (slice.cpus().isEmpty() || !online.containsAll(slice.cpus())) {
                    throw Refusal.conflict("slice", "no such CPU");
                }
                return groups.put(slice.name(), slice.cpus());
            });
        }

        @Override
        public void remove(String slice) {
            deed("unconfine " + slice, () -> groups.remove(slice));
        }

        @Override
        public void reconcile(Collection<Slice> slices) {
            Set<String> names = slices.stream().map(Slice::name).collect(Collectors.toSet());
            Set.copyOf(groups.keySet()).stream().filter(g -> !names.contains(g)).forEach(this::remove);
        }
    }

    private final class Wires implements Cabling {
        @Override
        public void prepare(List<Port> ports, Plug plug) {
            deed("prepare " + names(ports), () -> devices.addAll(names(ports)));
        }

        @Override
        public void connect(List<Port> ports) {
            deed("connect " + names(ports), () -> connected.addAll(names(ports)));
        }

        @Override
        public void disconnect(List<Port> ports) {
            deed(
                    "disconnect " + names(ports),
                    () -> devices.removeAll(names(ports)) | connected.removeAll(names(ports)));
        }

        @Override
        public void reconcile(Supplier<? extends Collection<Port>> wanted) {
            deed("reconcile", () -> {
                devices.retainAll(names(wanted.get()));
                connected.addAll(devices);
                return connected.retainAll(devices);
            });
        }

        private static List<String> names(Collection<Port> ports) {
            return ports.stream().map(Port::hostDevice).toList();
        }

        @Override
        public String datapath() {
            return "netdev";
        }

        @Override
        public String state() {
            return "private";
        }
    }

    private final class Contents implements ImageStore {
        @Override
        public Content unpack(
                InputStream archive,
                Optional<String> sha256,
                long size,
                Optional<Firmware> firmware,
                Progress progress) {
            String digest = "sha256:" + "0".repeat(64);
            return deed("unpack", () -> {
                contents.add(digest);
                return new Content(digest, "tar", 1, 1, 0);
            });
        }

        @Override
        public List<String> recipes() {
            return List.of();
        }

        @Override
        public Content build(String recipe, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Root root(String digest) {
            return new Root.Tree(Path.of("/images", digest), Path.of("/derived", digest));
        }

        @Override
        public boolean contains(String digest) {
            return contents.contains(digest);
        }

        @Override
        public void delete(String digest) {
            contents.remove(digest);
        }

        @Override
        public void reconcile(Set<String> digests) {
            deed("sweep", () -> contents.retainAll(digests));
        }
    }
}
