package io.lamella.compute;

import io.lamella.model.BackendInfo;
import io.lamella.model.BackendKind;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.KernelView;
import io.lamella.model.Refusal;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What runs instances. One adapter a technology; adapters keep no state of their own that the kernel or their directory
 * does not hold, so that a restarted daemon finds its instances as they are. Every method is idempotent, may be called
 * from any thread, and never for one unit from two threads at once. Failures that a person can act on are
 * {@link io.lamella.model.Refusal}s.
 */
public interface Backend {
    BackendKind kind();

    /** Whether it works on this node; costs little and never throws. */
    BackendInfo probe();

    /** Why it cannot run instances of this image, as a sentence; empty where it can. */
    Optional<String> objection(Root image);

    /** Why it cannot run an instance that asks for this, whatever its image; empty where it can. */
    default Optional<String> objection(InstanceSpec spec) {
        return spec.hugePages().map(pages -> "huge pages are for virtual machines of backend kvm");
    }

    /** How it takes this instance's ports. */
    Plug plug(InstancePlan plan);

    /** Makes the instance's disk and directory, the disk with the image's content; what exists is kept. */
    void create(InstancePlan plan);

    /**
     * Makes the instance's disk and directory, the disk with the content of a tree instead of the image's. Nothing of
     * the instance exists yet.
     *
     * @param tree a root file system with the ids that the instance sees, as {@link #withTree} shows it
     */
    void createFrom(InstancePlan plan, Path tree);

    /**
     * Shows the content of a stopped instance's disk as a tree, while {@code use} runs. The tree is the instance's work:
     * nothing in it is to be trusted, nor any link in it followed.
     */
    void withTree(InstancePlan plan, Consumer<Path> use);

    /** Starts it and returns once its first process runs. Its ports' devices exist already. */
    void start(InstancePlan plan);

    /** Asks it to shut down, waits {@code grace} at most, then ends it by force. Returns when nothing of it runs. */
    void stop(String unit, Duration grace);

    void freeze(String unit);

    void thaw(String unit);

    /**
     * Resets a running virtual machine as its reset button would, and returns once it boots anew: its process, devices
     * and disk stay, and what its memory held is lost.
     */
    default void reset(String unit) {
        throw Refusal.conflict(
                "instance", "backend " + kind() + " cannot reset an instance: restart it with --force instead");
    }

    /** Puts CPUs, weight, memory and process limits of a running instance into force. */
    void limit(InstancePlan plan);

    /** Removes every trace of a stopped instance: mounts, cgroups, directory. */
    void delete(String unit);

    Observation observe(String unit);

    /** Every unit of which anything exists, known to the store or not: directory, mount, process or cgroup. */
    Set<String> inventory();

    KernelView kernelView(String unit);

    /** Starts a command inside a running instance. */
    Session exec(String unit, ExecRequest request);

    /** Attaches to the instance's console. */
    Session console(String unit);

    /** What the console printed since the last start, at most the last mebibyte. */
    InputStream consoleLog(String unit);

    /**
     * Calls {@code listener} with a unit's name and the reason whenever an instance ended that {@link #stop} did not
     * end.
     */
    void onExit(BiConsumer<String, String> listener);

    /**
     * An instance as it is now.
     *
     * @param pid the host's process id of its init or virtual machine, where it runs
     * @param warning what makes it run worse than one would expect
     */
    record Observation(InstanceState state, Optional<Integer> pid, Optional<String> warning) {
        public static final Observation STOPPED = new Observation(InstanceState.STOPPED, Optional.empty());

        public Observation(InstanceState state, Optional<Integer> pid) {
            this(state, pid, Optional.empty());
        }
    }

    /**
     * A command to run inside.
     *
     * @param command program and arguments, at least the program
     * @param environment added to the instance's own
     * @param terminal whether it gets a pseudo terminal
     */
    record ExecRequest(List<String> command, Map<String, String> environment, boolean terminal, int columns, int rows) {
        public ExecRequest {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }
}
