package io.lamella.network;

import io.lamella.compute.Cabling;
import io.lamella.compute.Plug;
import io.lamella.linux.Links;
import io.lamella.linux.LinuxException;
import io.lamella.model.Port;
import io.lamella.model.Refusal;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects ports to the integration bridge: a pair of devices, a row in the switch's database and flow entries each.
 * Ports of different instances are connected side by side; {@link #reconcile} is alone.
 *
 * <p>{@link #reconcile} must have succeeded once before {@link #connect}, because a restarted daemon does not know which
 * ports share a segment with the new one. {@link #disconnect} always works. When the switch has been restarted, all
 * connected ports are put back by themselves.
 */
public final class Switch implements Cabling, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Switch.class);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SwitchDaemon daemon;
    private final Bridge bridge;
    private final Devices devices;
    private final Forwarding forwarding;
    private final Lock each;
    private final Lock alone;
    private final Set<String> prepared = ConcurrentHashMap.newKeySet(); // devices made and not yet connected

    /**
     * @param daemon the node's switch, started by the caller
     * @param bridge the integration bridge's name, 15 characters at most
     */
    public Switch(SwitchDaemon daemon, String bridge) {
        this.daemon = daemon;
        this.bridge = new Bridge(daemon, bridge);
        this.devices = new Devices(bridge);
        this.forwarding = new Forwarding(() -> daemon.managementSocket(bridge));
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        each = lock.readLock();
        alone = lock.writeLock();
        daemon.onRestart(this::restore);
    }

    @Override
    public void prepare(List<Port> ports, Plug plug) {
        locked(each, () -> {
            boolean checksums = bridge.datapathType().equals(Datapath.USERSPACE);
            List<Port> stale =
                    ports.stream().filter(port -> !Devices.complete(port, plug)).toList();
            bridge.removePorts(names(stale));
            prepared.addAll(names(ports));
            ports.forEach(port -> devices.make(port, plug, checksums));
        });
    }

    @Override
    public void connect(List<Port> ports) {
        locked(each, () -> {
            forwarding.ports();
            prepared.removeAll(names(ports));
            bridge.addPorts(rows(ports));
            bridge.awaitPort(names(ports), PATIENCE);
            forwarding.add(ports);
        });
    }

    /**
     * Removes the ports. Their devices go in any case, and with them every frame; a switch that does not answer is freed
     * of the rest when it is back.
     */
    @Override
    public void disconnect(List<Port> ports) {
        locked(each, () -> {
            List<String> names = names(ports);
            prepared.removeAll(names);
            attempt("removing the flows of " + names, () -> forwarding.remove(ports));
            attempt("removing " + names + " from the switch", () -> bridge.removePorts(names));
            names.forEach(Links::delete);
        });
    }

    private void attempt(String what, Runnable work) {
        try {
            daemon.demand();
            work.run();
        } catch (Refusal e) {
            LOG.warn("{} is left for later: {}", what, e.getMessage());
        }
    }

    @Override
    public void reconcile(Supplier<? extends Collection<Port>> connected) {
        locked(alone, () -> putRight(connected.get(), Set.of()));
    }

    private void restore() {
        if (forwarding.known()) {
            locked(alone, () -> putRight(forwarding.ports(), prepared));
        }
    }

    private void putRight(Collection<Port> connected, Set<String> spared) {
        bridge.ensure();
        Set<String> there = devices.present();
        List<Port> wanted = connected.stream()
                .filter(port -> there.contains(port.hostDevice()))
                .toList();
        List<String> names = names(wanted);
        Set<String> extra = new HashSet<>(bridge.ports().keySet());
        extra.removeAll(names);
        bridge.removePorts(extra);
        Set<String> leftOver = devices.marked();
        leftOver.addAll(extra);
        leftOver.removeAll(names(connected));
        leftOver.removeAll(spared);
        leftOver.forEach(Links::delete);
        // First the flows of what is open already: a new port must not meet the entries of an old one of its number.
        List<Port> open = open(wanted);
        forwarding.replace(open);
        if (open.size() == wanted.size()) {
            return;
        }
        bridge.addPorts(rows(wanted));
        // A port that the switch cannot open must not keep the others from being forwarded.
        try {
            bridge.awaitPort(names, PATIENCE);
        } finally {
            forwarding.replace(open(wanted));
        }
    }

    /** Those of {@code ports} that the switch has opened under their numbers. */
    private List<Port> open(List<Port> ports) {
        Map<String, PortRow> rows = bridge.ports();
        return ports.stream().filter(port -> isOpen(port, rows)).toList();
    }

    private static boolean isOpen(Port port, Map<String, PortRow> rows) {
        PortRow row = rows.get(port.hostDevice());
        return row != null && row.ofport() == port.switchPort();
    }

    @Override
    public String datapath() {
        try {
            return bridge.datapathType();
        } catch (Refusal e) {
            return Datapath.best();
        }
    }

    @Override
    public String state() {
        return daemon.state();
    }

    /**
     * By OpenFlow port number, how many frames a connected port has sent that were refused: with a source address that
     * is not its own, VLAN-tagged, IPv6, or of an EtherType that is not forwarded. The switch's figures lag up to a few
     * seconds, and start again at 0 when it is restarted.
     */
    public Map<Integer, Long> refusedFrames() {
        daemon.demand();
        return forwarding.refused();
    }

    /** Removes the bridge with all that hangs on it; where no switch answers, the devices at least. */
    public void remove() {
        locked(alone, () -> {
            forwarding.forget();
            Set<String> ours = devices.marked();
            attempt("removing the bridge", () -> {
                ours.addAll(bridge.ports().keySet());
                bridge.remove();
            });
            ours.forEach(Links::delete);
        });
    }

    /** Closes the connections to the switch, which goes on as it is. */
    @Override
    public void close() {
        forwarding.close();
        bridge.close();
    }

    private static List<PortRow> rows(Collection<Port> ports) {
        return ports.stream()
                .map(port -> new PortRow(
                        port.hostDevice(), port.switchPort(), port.id().toString()))
                .toList();
    }

    private static List<String> names(Collection<Port> ports) {
        return ports.stream().map(Port::hostDevice).collect(Collectors.toList());
    }

    private static void locked(Lock lock, Runnable work) {
        lock.lock();
        try {
            work.run();
        } catch (LinuxException e) {
            throw Refusal.unavailable("the network devices are not as they should be: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }
}
