package io.lamella.api;

import io.lamella.compute.Backend;
import io.lamella.compute.Cabling;
import io.lamella.compute.Compute;
import io.lamella.compute.ImageStore;
import io.lamella.compute.InstancePlan;
import io.lamella.compute.Node;
import io.lamella.compute.Partition;
import io.lamella.compute.Plug;
import io.lamella.compute.Progress;
import io.lamella.compute.Root;
import io.lamella.compute.Session;
import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.ByteSize;
import io.lamella.model.CpuSet;
import io.lamella.model.Firmware;
import io.lamella.model.IdRange;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Real services over ports without isolation: an instance is a name, and its commands are processes of the machine. */
final class PlainPorts {
    private PlainPorts() {}

    static Compute compute(Store store) {
        return new Compute(
                new Compute.Ports(
                        store,
                        List.of(new Processes()),
                        new WholeMachine(),
                        new PlainIsolation(),
                        new NoSwitch(),
                        new Digests(),
                        new IdRange(1_000_000, 100 * IdRange.PER_SLICE),
                        Clock.systemUTC()),
                new Node.Facts("edge", "0.1.0", "6.1", "x86_64"));
    }

    private static final class Processes implements Backend {
        private final Map<String, InstanceState> states = new ConcurrentHashMap<>();

        @Override
        public BackendKind kind() {
            return BackendKind.LXC;
        }

        @Override
        public BackendInfo probe() {
            return new BackendInfo(BackendKind.LXC, true, "processes");
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
            create(plan);
        }

        @Override
        public void withTree(InstancePlan plan, Consumer<Path> use) {
            use.accept(Path.of("/"));
        }

        @Override
        public void create(InstancePlan plan) {
            states.put(plan.unit(), InstanceState.STOPPED);
        }

        @Override
        public void start(InstancePlan plan) {
            states.put(plan.unit(), InstanceState.RUNNING);
        }

        @Override
        public void stop(String unit, Duration grace) {
            states.put(unit, InstanceState.STOPPED);
        }

        @Override
        public void freeze(String unit) {
            states.put(unit, InstanceState.FROZEN);
        }

        @Override
        public void thaw(String unit) {
            states.put(unit, InstanceState.RUNNING);
        }

        @Override
        public void limit(InstancePlan plan) {}

        @Override
        public void delete(String unit) {
            states.remove(unit);
        }

        @Override
        public Observation observe(String unit) {
            InstanceState state = states.getOrDefault(unit, InstanceState.STOPPED);
            return new Observation(state, state == InstanceState.STOPPED ? Optional.empty() : Optional.of(1));
        }

        @Override
        public Set<String> inventory() {
            return Set.copyOf(states.keySet());
        }

        @Override
        public KernelView kernelView(String unit) {
            return new KernelView(CpuSet.of(0), Optional.empty(), new ByteSize(0), 0, 1, List.of());
        }

        @Override
        public Session exec(String unit, ExecRequest request) {
            ProcessBuilder builder = new ProcessBuilder(request.command());
            builder.environment().putAll(request.environment());
            try {
                return new ProcessSession(builder.start());
            } catch (IOException e) {
                throw Refusal.invalid("command", "the command cannot be run: " + e.getMessage());
            }
        }

        @Override
        public Session console(String unit) {
            return exec(unit, new ExecRequest(List.of("cat"), Map.of(), true, 80, 24));
        }

        @Override
        public InputStream consoleLog(String unit) {
            return new ByteArrayInputStream(("log of " + unit + "\n").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void onExit(BiConsumer<String, String> listener) {}
    }

    private static final class WholeMachine implements Partition {
        @Override
        public CpuSet cpus() {
            return CpuSet.range(0, 3);
        }

        @Override
        public ByteSize memory() {
            return ByteSize.mebibytes(4096);
        }

        @Override
        public String cgroupMode() {
            return "v2";
        }

        @Override
        public void apply(Slice slice) {}

        @Override
        public void remove(String slice) {}

        @Override
        public void reconcile(Collection<Slice> slices) {}
    }

    private static final class NoSwitch implements Cabling {
        @Override
        public void prepare(List<Port> ports, Plug plug) {}

        @Override
        public void connect(List<Port> ports) {}

        @Override
        public void disconnect(List<Port> ports) {}

        @Override
        public void reconcile(Supplier<? extends Collection<Port>> connected) {}

        @Override
        public String datapath() {
            return "netdev";
        }

        @Override
        public String state() {
            return "private";
        }
    }

    private static final class Digests implements ImageStore {
        @Override
        public Content unpack(
                InputStream archive,
                Optional<String> sha256,
                long size,
                Optional<Firmware> firmware,
                Progress progress) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                byte[] buffer = new byte[65536];
                long length = 0;
                for (int n = archive.read(buffer); n >= 0; n = archive.read(buffer)) {
                    if (length == 0 && n > 0 && buffer[0] == '!') {
                        throw Refusal.invalid("archive", "the archive is neither a tar nor an OCI layout");
                    }
                    digest.update(buffer, 0, n);
                    length += n;
                }
                return new Content("sha256:" + HexFormat.of().formatHex(digest.digest()), "tar", length, 1, 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public List<String> recipes() {
            return List.of("busybox");
        }

        @Override
        public Content build(String recipe, Progress progress) {
            progress.report("packing", 1, 2);
            return new Content("sha256:" + "ab".repeat(32), "tar", 1, 1, 0);
        }

        @Override
        public Root root(String digest) {
            return new Root.Tree(Path.of("/"), Path.of("/"));
        }

        @Override
        public boolean contains(String digest) {
            return true;
        }

        @Override
        public void delete(String digest) {}

        @Override
        public void reconcile(Set<String> digests) {}
    }
}
