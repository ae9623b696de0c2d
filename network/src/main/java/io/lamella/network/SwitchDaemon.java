package io.lamella.network;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Open vSwitch that the node uses: the system's own where one runs (shared), otherwise a pair of ovsdb-server and
 * ovs-vswitchd of Lamella's (private), which it starts, restarts when one dies, and leaves running when it ends itself.
 * A private pair that still runs is kept even where the system's has appeared since, because instances hang on it.
 *
 * <p>Safe for any number of threads.
 */
public final class SwitchDaemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchDaemon.class);
    private static final long TICK_MS = 1000;
    private static final int LONGEST_BACK_OFF_TICKS = 30;
    private static final int LOG_TICKS = 60;
    private static final String PRIVATE = "private";
    private static final String SHARED = "shared";

    private enum Mode {
        NONE,
        PRIVATE,
        SHARED
    }

    private final SwitchSettings settings;
    private final Path folder;
    private final Path stateFolder;
    private final SwitchDatabase database;
    private final SwitchProgram server;
    private final SwitchProgram forwarder;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Mode mode = Mode.NONE;
    private volatile String state = "there is no switch: it has not been started";
    private @Nullable Thread supervisor; // guarded by lock
    private OptionalLong sharedPid = OptionalLong.empty(); // guarded by lock

    public SwitchDaemon(SwitchSettings settings) {
        this.settings = settings;
        this.folder = settings.runDirectory().resolve("ovs");
        this.stateFolder = settings.stateDirectory().resolve("ovs");
        Path file = stateFolder.resolve("conf.db");
        Path socket = folder.resolve("db.sock");
        Map<String, String> environment = Map.of(
                "OVS_RUNDIR", folder.toString(),
                "OVS_LOGDIR", folder.toString(),
                "OVS_DBDIR", stateFolder.toString(),
                "OVS_SYSCONFDIR", stateFolder.toString());
        this.database = new SwitchDatabase(file);
        this.server = new SwitchProgram(
                "ovsdb-server", folder, environment, List.of(file.toString(), "--remote=punix:" + socket));
        this.forwarder = new SwitchProgram("ovs-vswitchd", folder, environment, List.of("unix:" + socket));
    }

    /**
     * Finds a switch or starts one, and supervises it from then on. Where there can be none {@link #state} says why, and
     * the attempt is repeated in the background. Idempotent.
     */
    public void start() {
        lock.lock();
        try {
            if (supervisor == null) {
                settle();
                supervisor = Thread.ofVirtual().name("switch-supervisor").start(this::supervise);
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@code private}, {@code shared}, or a sentence that says why there is no switch at present. */
    public String state() {
        return state;
    }

    /** Refuses, with the sentence, where {@link #state} is one. */
    public void demand() {
        String now = state;
        if (!now.equals(PRIVATE) && !now.equals(SHARED)) {
            throw Refusal.unavailable(now);
        }
    }

    /** Where the switch's database listens. */
    public Path databaseSocket() {
        return mode == Mode.SHARED ? settings.systemSocket() : folder.resolve("db.sock");
    }

    /** Where the switch takes OpenFlow connections from local clients for a bridge. */
    public Path managementSocket(String bridge) {
        return databaseSocket().resolveSibling(bridge + ".mgmt");
    }

    /**
     * Adds a listener for restarts of the switch: its flows are gone then, and its bridge may be. Called on the
     * supervising thread, which watches again once the listener has returned.
     */
    public void onRestart(Runnable listener) {
        listeners.add(listener);
    }

    /** Ends the supervision; a private switch goes on without it. */
    @Override
    public void close() {
        Thread ended;
        lock.lock();
        try {
            ended = supervisor;
            supervisor = null;
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            ended.interrupt();
        }
    }

    /** Ends a private switch, also one that an earlier daemon started, and removes its files. A shared one is let be. */
    public void stop() {
        close();
        lock.lock();
        try {
            forwarder.stop("exit", "--cleanup"); // takes the kernel's datapath down too
            server.stop("exit");
            if (Files.exists(folder)) {
                forwarder.awaitEnd();
                Datapath.tidy(settings.bridge());
            }
            remove(folder);
            remove(stateFolder);
            mode = Mode.NONE;
            state = "there is no switch: it has been stopped";
        } finally {
            lock.unlock();
        }
    }

    private void supervise() {
        int wait = 1;
        for (int tick = 1; supervised(); tick++) {
            try {
                Thread.sleep(wait * TICK_MS);
            } catch (InterruptedException e) {
                return;
            }
            boolean restarted = false;
            lock.lock();
            try {
                if (!supervised()) {
                    return;
                }
                restarted = settle();
                if (mode == Mode.PRIVATE && tick % LOG_TICKS == 0) {
                    server.rotateLog();
                    forwarder.rotateLog();
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("The switch's supervision: {}", e.getMessage());
            } finally {
                lock.unlock();
            }
            wait = mode == Mode.NONE ? Math.min(wait * 2, LONGEST_BACK_OFF_TICKS) : 1;
            if (restarted) {
                tell();
            }
        }
    }

    private boolean supervised() {
        lock.lock();
        try {
            return supervisor == Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("After the switch's restart: {}", e.getMessage(), e);
            }
        }
    }

    /** Brings the switch to where it should be; whether it has been (re)started. Called with the lock held. */
    private boolean settle() {
        try {
            if (mode == Mode.SHARED) {
                return watchShared();
            }
            boolean ours = server.running() || forwarder.running();
            if (mode == Mode.NONE && !ours && answers(settings.systemSocket())) {
                mode = Mode.SHARED;
                sharedPid = findSharedPid();
                state = SHARED;
                return true;
            }
            boolean started = startPrivate();
            mode = Mode.PRIVATE;
            state = PRIVATE;
            return started;
        } catch (Refusal e) {
            if (!e.getMessage().equals(state)) {
                LOG.warn("{}", e.getMessage());
            }
            mode = Mode.NONE;
            state = e.getMessage();
            return false;
        }
    }

    private boolean startPrivate() {
        boolean started = false;
        if (!server.running()) {
            makeFolders();
            database.prepare();
            Tool.Outcome outcome = server.start();
            if (!outcome.ok() && Files.exists(databaseFile())) {
                database.setAside(outcome.text());
                database.prepare();
                outcome = server.start();
            }
            check(outcome, "ovsdb-server");
            started = true;
        }
        if (!forwarder.running()) {
            forwarder.awaitEnd();
            Datapath.claim();
            check(forwarder.start(), "ovs-vswitchd");
            started = true;
        }
        if (started) {
            LOG.info("Lamella's own switch daemon runs in {}", folder);
        }
        return started;
    }

    private Path databaseFile() {
        return stateFolder.resolve("conf.db");
    }

    private static void check(Tool.Outcome outcome, String program) {
        if (!outcome.ok()) {
            throw Refusal.unavailable("there is no switch: " + program + " does not start: " + outcome.text());
        }
    }

    private boolean watchShared() {
        OptionalLong pid = findSharedPid();
        if (state.equals(SHARED) && pid.equals(sharedPid) && pid.isPresent() && exists(pid.getAsLong())) {
            return false;
        }
        if (!answers(settings.systemSocket())) {
            state = "there is no switch: the system's, at " + settings.systemSocket() + ", does not answer";
            return false;
        }
        boolean restarted = !state.equals(SHARED) || !pid.equals(sharedPid);
        sharedPid = pid;
        state = SHARED;
        return restarted;
    }

    /** The system's ovs-vswitchd by its pid file, which it writes beside its sockets. */
    private OptionalLong findSharedPid() {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(settings.systemSocket().resolveSibling("ovs-vswitchd.pid"))
                            .strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean exists(long pid) {
        return Files.exists(Path.of("/proc", Long.toString(pid)));
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void makeFolders() {
        try {
            Files.createDirectories(folder);
            Files.createDirectories(stateFolder);
        } catch (IOException e) {
            throw Refusal.unavailable("there is no switch: its folder cannot be made: " + e);
        }
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw Refusal.unavailable("the switch's folder " + folder + " cannot be removed: " + e);
        }
    }
}
