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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The benchmark's slice on a node: busybox instances of one backend, with a network to be on. */
final class Tenant {
    static final NicSpec LAN = new NicSpec("lan", Optional.empty());

    private static final String SLICE = "benchmark";
    private static final String INSTANCES = "/slices/" + SLICE + "/instances";
    private static final Duration BUILD = Duration.ofSeconds(300);

    private final BenchmarkNode node;
    private final BackendKind backend;

    /** Builds the image and makes the slice. */
    Tenant(BenchmarkNode node, BackendKind backend) {
        this.node = node;
        this.backend = backend;
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

    BackendKind backend() {
        return backend;
    }

    /** From the request until the instance runs, in milliseconds. */
    double launch(String name, List<NicSpec> nics) {
        long start = System.nanoTime();
        String answer = node.api().post(INSTANCES, spec(name, nics));
        double time = (System.nanoTime() - start) / 1e6;
        if (Codec.read(InstanceView.class, answer).status().state() != InstanceState.RUNNING) {
            throw new BenchmarkException("instance " + name + " does not run: " + answer);
        }
        return time;
    }

    /** The host's process of a running instance. */
    int pid(String name) {
        return Codec.read(InstanceView.class, node.api().get(INSTANCES + "/" + name))
                .status()
                .pid()
                .orElseThrow(() -> new BenchmarkException("instance " + name + " has no process"));
    }

    /** Where the backend keeps what is an instance's own. */
    Path directory(String name) {
        return node.state().resolve(backend.word()).resolve(SLICE + "." + name);
    }

    void stop(String name) {
        node.api().post(INSTANCES + "/" + name + "/stop?grace=0");
    }

    void delete(String name) {
        node.api().delete(INSTANCES + "/" + name + "?force=true");
    }

    private InstanceSpec spec(String name, List<NicSpec> nics) {
        return InstanceSpec.of(
                name,
                "busybox",
                backend,
                Optional.empty(),
                Optional.empty(),
                Optional.of(memory()),
                Optional.empty(),
                nics,
                new Autostart(false, 0, 0));
    }

    /** A virtual machine needs room for a kernel of its own. */
    ByteSize memory() {
        return ByteSize.mebibytes(backend == BackendKind.LXC ? 64 : 192);
    }
}
