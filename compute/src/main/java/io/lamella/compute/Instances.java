package io.lamella.compute;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Backend.Observation;
import io.lamella.model.Instance;
import io.lamella.model.InstancePatch;
import io.lamella.model.InstanceSpec;
import io.lamella.model.InstanceState;
import io.lamella.model.InstanceStatus;
import io.lamella.model.InstanceView;
import io.lamella.model.KernelView;
import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of instances. Safe for use by several threads. */
public final class Instances {
    private static final Logger LOG = LoggerFactory.getLogger(Instances.class);

    private final Store store;
    private final Backends backends;
    private final Allocation allocation;
    private final Runner runner;
    private final Locks locks;
    private final Events events;

    Instances(Store store, Backends backends, Allocation allocation, Runner runner, Locks locks, Events events) {
        this.store = store;
        this.backends = backends;
        this.allocation = allocation;
        this.runner = runner;
        this.locks = locks;
        this.events = events;
    }

    /** Makes an instance and, where {@code start}, starts it; on failure nothing of it is left. */
    public InstanceView launch(String slice, InstanceSpec spec, boolean start) {
        Instance launched;
        try (var held = locks.instance(slice, spec.name())) {
            Instance intended = store.transact(tx -> reserve(tx, slice, spec, start));
            try {
                InstancePlan plan = start ? runner.startable(intended) : runner.plan(intended);
                runner.create(plan);
                if (start) {
                    runner.bringUp(plan);
                }
                launched = runner.record(intended, i -> i.withPhase(Phase.PRESENT));
            } catch (RuntimeException e) {
                abandon(intended, e);
                throw e;
            }
        }
        publish("instance.created", launched, "was created from image " + spec.image());
        if (start) {
            publish("instance.started", launched, "was started");
        }
        return view(launched, Optional.empty());
    }

    Instance reserve(Store.Transaction tx, String slice, InstanceSpec spec, boolean running) {
        Root image = runner.root(Images.find(tx, spec.image()).digest());
        if (spec.userData().isPresent() && image instanceof Root.Tree) {
            throw Refusal.conflict(
                    "userData",
                    "image \"" + spec.image()
                            + "\" is no disk image: user data is for those, whose cloud-init reads it");
        }
        return allocation.reserve(tx, slice, spec, backends.choose(spec.backend(), image, spec), running);
    }

    private void abandon(Instance intended, RuntimeException cause) {
        try {
            runner.dismantle(intended);
            runner.forget(intended);
        } catch (RuntimeException second) {
            cause.addSuppressed(second); // the record stays in phase creating: the next start of the daemon ends it
        }
    }

    /** All instances of the node, without the kernel's view. */
    public List<InstanceView> list() {
        return store.list(Kind.INSTANCE).stream()
                .map(i -> view(i, Optional.empty()))
                .toList();
    }

    public List<InstanceView> list(String slice) {
        if (store.get(Kind.SLICE, slice).isEmpty()) {
            throw Refusal.notFound("slice", slice);
        }
        return store.list(Kind.INSTANCE).stream()
                .filter(i -> i.slice().equals(slice))
                .map(i -> view(i, Optional.empty()))
                .toList();
    }

    /** One instance, with the kernel's view where it runs. */
    public InstanceView get(String slice, String name) {
        Instance instance = require(slice, name);
        Observation seen = runner.backend(instance).observe(instance.unit());
        Optional<KernelView> kernel = seen.pid().isPresent() ? kernelView(instance) : Optional.empty();
        return view(instance, kernel);
    }

    private Optional<KernelView> kernelView(Instance instance) {
        try {
            return Optional.of(runner.backend(instance).kernelView(instance.unit()));
        } catch (Refusal e) {
            return Optional.empty(); // it ended between the two questions
        }
    }

    /** Starts it; no effect where it runs. */
    public InstanceView start(String slice, String name) {
        return started(slice, name, () -> {});
    }

    /** Stops it: first by asking, after {@code grace} by force; no effect where it is stopped. */
    public InstanceView stop(String slice, String name, Duration grace) {
        Instance stopped;
        try (var held = locks.instance(slice, name)) {
            stopped = stopped(require(slice, name), grace);
        }
        publish("instance.stopped", stopped, "was stopped");
        return view(stopped, Optional.empty());
    }

    public InstanceView restart(String slice, String name, Duration grace) {
        return started(slice, name, () -> stopped(require(slice, name), grace));
    }

    private InstanceView started(String slice, String name, Runnable before) {
        Instance running;
        try (var held = locks.instance(slice, name)) {
            Instance instance = whole(require(slice, name));
            before.run();
            if (observe(instance).state() != InstanceState.STOPPED) {
                return view(instance, Optional.empty());
            }
            running = runner.record(instance, i -> i.withRunning(true));
            try {
                runner.bringUp(runner.startable(running));
            } catch (RuntimeException e) {
                runner.record(instance, i -> i.withRunning(false).withFault(String.valueOf(e.getMessage())));
                publish("instance.failed", instance, "could not be started: " + e.getMessage());
                throw e;
            }
        }
        publish("instance.started", running, "was started");
        return view(running, Optional.empty());
    }

    private Instance stopped(Instance instance, Duration grace) {
        Instance intended = runner.record(instance, i -> i.withRunning(false));
        runner.takeDown(intended, grace);
        return intended;
    }

    public InstanceView freeze(String slice, String name) {
        return running(slice, name, "instance.frozen", "was frozen", Backend::freeze);
    }

    public InstanceView thaw(String slice, String name) {
        return running(slice, name, "instance.thawed", "was thawed", Backend::thaw);
    }

    /** Resets a running virtual machine, frozen or not. */
    public InstanceView reset(String slice, String name) {
        return running(slice, name, "instance.reset", "was reset", Backend::reset);
    }

    private InstanceView running(
            String slice, String name, String event, String sentence, BiConsumer<Backend, String> deed) {
        Instance instance;
        try (var held = locks.instance(slice, name)) {
            instance = requireRunning(slice, name);
            deed.accept(runner.backend(instance), instance.unit());
        }
        publish(event, instance, sentence);
        return view(instance, Optional.empty());
    }

    /** Changes limits, of a running instance at once; of a stopped one also what runs it. */
    public InstanceView update(String slice, String name, InstancePatch patch) {
        Instance changed;
        try (var held = locks.instance(slice, name)) {
            Instance instance = whole(require(slice, name));
            InstanceSpec before = instance.spec();
            InstanceSpec after = patch.applyTo(before);
            suited(instance, patch, after).ifPresent(choice -> move(instance, choice));
            changed = store.transact(tx -> change(tx, slice, name, after));
            try {
                limitRunning(changed);
            } catch (RuntimeException e) {
                store.transact(tx -> change(tx, slice, name, before));
                throw e;
            }
        }
        publish("instance.updated", changed, "was changed");
        return view(changed, Optional.empty());
    }

    private void move(Instance instance, Backends.Choice choice) {
        if (choice.kind() == instance.backend()) {
            runner.record(instance, i -> i.withBackend(choice.kind(), choice.reason()));
            return;
        }
        if (observe(instance).state() != InstanceState.STOPPED) {
            throw Refusal.conflict(
                    "backend",
                    "instance \"" + instance.name() + "\" is running: stop it before its backend becomes "
                            + choice.kind());
        }
        runner.move(instance, choice);
    }

    /** The backend that the change asks for, if any; refuses what that, or the one that it has, cannot run. */
    Optional<Backends.Choice> suited(Instance instance, InstancePatch patch, InstanceSpec after) {
        if (patch.backend() == null) {
            Backends.check(runner.backend(instance), after);
            return Optional.empty();
        }
        return Optional.of(backends.choose(patch.backend(), runner.root(instance.digest()), after));
    }

    static Instance change(Store.Transaction tx, String slice, String name, InstanceSpec spec) {
        return Allocation.change(tx, require(tx.get(Kind.INSTANCE, slice + "/" + name), name), spec);
    }

    /**
     * Lets a slice's running instances follow its CPUs. Its boundary holds already, so that one which cannot follow is
     * no more than slower than it could be. The caller holds no slice's lock.
     */
    void follow(String slice) {
        for (Instance instance : store.list(Kind.INSTANCE)) {
            if (instance.slice().equals(slice)) {
                try (var held = locks.instance(slice, instance.name())) {
                    store.get(Kind.INSTANCE, instance.key()).ifPresent(this::limitRunning);
                } catch (Refusal e) {
                    LOG.warn("Instance {} does not follow its slice's CPUs: {}", instance.key(), e.getMessage());
                }
            }
        }
    }

    private void limitRunning(Instance instance) {
        if (observe(instance).state() != InstanceState.STOPPED) {
            runner.backend(instance).limit(runner.plan(instance));
        }
    }

    /** Deletes a stopped instance; with {@code force} a running one too. */
    public void delete(String slice, String name, boolean force) {
        Instance instance;
        try (var held = locks.instance(slice, name)) {
            instance = require(slice, name);
            if (!force && observe(instance).state() != InstanceState.STOPPED) {
                throw Refusal.conflict(
                        "instance", "instance \"" + name + "\" is running: stop it first, or force its deletion");
            }
            runner.record(instance, i -> i.withRunning(false).withPhase(Phase.DELETING));
            runner.dismantle(instance);
            runner.forget(instance);
        }
        publish("instance.deleted", instance, "was deleted");
    }

    public Session exec(String slice, String name, ExecRequest request) {
        if (request.command().isEmpty()) {
            throw Refusal.invalid("command", "command is empty: it needs at least a program");
        }
        Instance instance = requireRunning(slice, name);
        return runner.backend(instance).exec(instance.unit(), request);
    }

    public Session console(String slice, String name) {
        Instance instance = requireRunning(slice, name);
        return runner.backend(instance).console(instance.unit());
    }

    public InputStream consoleLog(String slice, String name) {
        Instance instance = require(slice, name);
        return runner.backend(instance).consoleLog(instance.unit());
    }

    private Observation observe(Instance instance) {
        return runner.backend(instance).observe(instance.unit());
    }

    private Instance require(String slice, String name) {
        return require(store.get(Kind.INSTANCE, slice + "/" + name), name);
    }

    private static Instance require(Optional<Instance> found, String name) {
        return found.orElseThrow(() -> Refusal.notFound("instance", name));
    }

    private static Instance whole(Instance instance) {
        if (instance.phase() != Phase.PRESENT) {
            throw Refusal.conflict(
                    "instance", "instance \"" + instance.name() + "\" was not made or deleted wholly: delete it");
        }
        return instance;
    }

    private Instance requireRunning(String slice, String name) {
        Instance instance = require(slice, name);
        if (observe(instance).state() == InstanceState.STOPPED) {
            throw Refusal.conflict("instance", "instance \"" + name + "\" is not running");
        }
        return instance;
    }

    private InstanceView view(Instance i, Optional<KernelView> kernel) {
        Observation seen = observe(i);
        boolean failed = seen.state() == InstanceState.STOPPED && i.fault().isPresent();
        return new InstanceView(
                i.id(),
                i.slice(),
                i.name(),
                i.spec(),
                new InstanceStatus(
                        failed ? InstanceState.FAILED : seen.state(),
                        i.backend(),
                        i.cpus(),
                        seen.pid(),
                        failed ? i.fault() : Optional.empty(),
                        i.choice(),
                        seen.warning()),
                runner.ports(i),
                kernel,
                i.createdAt());
    }

    private void publish(String type, Instance instance, String sentence) {
        events.publish(type, instance.slice(), instance.name(), "instance " + instance.name() + " " + sentence);
    }
}
