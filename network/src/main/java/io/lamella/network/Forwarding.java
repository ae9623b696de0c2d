package io.lamella.network;

import io.lamella.model.Port;
import io.lamella.model.Refusal;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.FlowStats;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.OpenFlowClient;
import io.lamella.openflow.OpenFlowException;
import io.lamella.openflow.Submission;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which ports the bridge forwards, and the OpenFlow connection over which it is told. Whenever the connection has been
 * lost, the switch gets all entries again. Any thread may call; the lock is held while a change is written, which fixes
 * the order of changes, but not while the switch carries it out.
 */
final class Forwarding implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Path> socket;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, Port> forwarded = new LinkedHashMap<>(); // guarded by lock
    private boolean known; // guarded by lock
    private @Nullable Path connectedTo; // guarded by lock
    private @Nullable OpenFlowClient client; // guarded by lock

    /** @param socket where the bridge takes OpenFlow connections at present */
    Forwarding(Supplier<Path> socket) {
        this.socket = socket;
    }

    /** The ports that are forwarded; refuses before the first {@link #replace}, because nobody knows then. */
    List<Port> ports() {
        lock.lock();
        try {
            demandKnown();
            return List.copyOf(forwarded.values());
        } finally {
            lock.unlock();
        }
    }

    boolean known() {
        lock.lock();
        try {
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Forwards these ports too; refuses before the first {@link #replace}. Forwarding comes first, guards after it. */
    void add(List<Port> ports) {
        change(() -> {
            demandKnown();
            for (Port port : ports) {
                demandNoClash(port);
            }
            List<FlowMod> forward = new ArrayList<>();
            List<FlowMod> guards = new ArrayList<>();
            TreeSet<Integer> segments = new TreeSet<>();
            for (Port port : ports) {
                forwarded.put(port.id(), port);
                segments.add(port.segment());
                forward.add(FlowMod.add(Pipeline.delivery(port)));
                Pipeline.guards(port).forEach(guard -> guards.add(FlowMod.add(guard)));
            }
            segments.forEach(segment -> forward.add(flood(segment)));
            return List.of(forward, guards);
        });
    }

    /** Ends the forwarding of these ports. One that was not known to be forwarded loses its own entries only. */
    void remove(List<Port> ports) {
        change(() -> {
            List<FlowMod> guards = new ArrayList<>();
            List<FlowMod> forward = new ArrayList<>();
            TreeSet<Integer> segments = new TreeSet<>();
            for (Port port : ports) {
                guards.add(FlowMod.deleteByCookie(Pipeline.GUARD, Pipeline.cookie(port), -1));
                forward.add(FlowMod.deleteByCookie(Pipeline.FORWARD, Pipeline.cookie(port), -1));
                if (forwarded.remove(port.id()) != null) {
                    segments.add(port.segment());
                }
            }
            segments.forEach(segment -> forward.add(flood(segment)));
            return List.of(guards, forward);
        });
    }

    /** Forwards exactly these ports: compares all of the switch's entries and sends the difference. */
    void replace(Collection<Port> ports) {
        lock.lock();
        try {
            List<FlowEntry> wanted = Pipeline.compile(ports);
            forwarded.clear();
            ports.forEach(port -> forwarded.put(port.id(), port));
            known = true;
            synchronise(wanted);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no port for forwarded any more, and tells the switch nothing. */
    void forget() {
        lock.lock();
        try {
            forwarded.clear();
            known = false;
        } finally {
            lock.unlock();
        }
    }

    /** By switch port, how many frames the guards have refused. */
    Map<Integer, Long> refused() {
        Map<Integer, Long> refused = new TreeMap<>();
        List<FlowStats> guards = talk(() ->
                client().flows(MultipartRequest.Flows.of(Pipeline.GUARD, Pipeline.PORT_COOKIE, Pipeline.COOKIE_KIND)));
        for (FlowStats guard : guards) {
            if (guard.entry().instructions().isEmpty()) {
                refused.put(Pipeline.port(guard.entry().cookie()), guard.packets());
            }
        }
        return refused;
    }

    private void restore() {
        lock.lock();
        try {
            if (known) {
                synchronise(Pipeline.compile(forwarded.values()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void synchronise(List<FlowEntry> wanted) {
        talk(() -> {
            OpenFlowClient to = client();
            List<FlowEntry> present = to.flows(MultipartRequest.Flows.ALL).stream()
                    .map(FlowStats::entry)
                    .toList();
            to.submit(FlowDifference.phases(wanted, present)).await();
            return true;
        });
    }

    private void change(Supplier<List<List<FlowMod>>> changes) {
        Submission submission;
        lock.lock();
        try {
            List<List<FlowMod>> phases = changes.get();
            submission = talk(() -> client().submit(phases));
        } finally {
            lock.unlock();
        }
        talk(() -> {
            submission.await();
            return true;
        });
    }

    private FlowMod flood(int segment) {
        List<Port> members =
                forwarded.values().stream().filter(p -> p.segment() == segment).toList();
        return members.isEmpty()
                ? FlowMod.deleteStrict(Pipeline.floodKey(segment))
                : FlowMod.add(Pipeline.flood(segment, members));
    }

    private void demandKnown() {
        if (!known) {
            throw Refusal.unavailable("the switch has not been reconciled since the daemon started");
        }
    }

    private void demandNoClash(Port port) {
        for (Port other : forwarded.values()) {
            if (!other.id().equals(port.id()) && Pipeline.clash(port, other)) {
                throw Refusal.conflict(
                        "port",
                        "port " + port.id() + " has the switch port number or the MAC address of port " + other.id());
            }
        }
    }

    private OpenFlowClient client() {
        lock.lock();
        try {
            Path now = socket.get();
            if (client == null || !now.equals(connectedTo)) {
                close();
                connectedTo = now;
                client = new OpenFlowClient(UnixDomainSocketAddress.of(now), PATIENCE);
                client.onConnect(this::restore);
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    private static <T> T talk(Supplier<T> request) {
        try {
            return request.get();
        } catch (OpenFlowException e) {
            throw Refusal.unavailable("the switch does not forward as it should: " + e.getMessage());
        }
    }

    /** Closes the connection; the entries stay. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (client != null) {
                client.close();
                client = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
