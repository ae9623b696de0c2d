package io.lamella.network;

import io.lamella.model.Refusal;
import io.lamella.ovsdb.Condition;
import io.lamella.ovsdb.Mutation;
import io.lamella.ovsdb.Operation;
import io.lamella.ovsdb.Row;
import io.lamella.ovsdb.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The integration bridge in the switch's database, over one connection that lasts. Marks what is Lamella's by
 * {@code external_ids} and refuses to touch anything else. See ovs-vswitchd.conf.db(5).
 *
 * <p>Safe for any number of threads. Every method refuses as unavailable where there is no switch.
 */
public final class Bridge implements AutoCloseable {
    private static final int LOCAL_PORT = 65534; // OFPP_LOCAL, the port of the bridge's own device
    private static final String MARK = "lamella";
    private static final String PORT_MARK = "lamella-port";
    private static final String DEVICE_MARK = "lamella-ifindex";
    private static final Row SETTINGS = Row.of("fail_mode", Value.of("secure"))
            .with(
                    "protocols",
                    Value.set(Stream.of("10", "11", "12", "13", "14", "15")
                            .map(version -> Value.of("OpenFlow" + version))
                            .toList()))
            .with("other_config", Value.map(Map.of("disable-in-band", "true")))
            .with("controller", Value.EMPTY);

    private final SwitchLink link;
    private final String name;
    private final ReentrantLock edits = new ReentrantLock();
    private final Map<String, Long> leaving = new HashMap<>(); // devices being closed, until when; guarded by edits

    public Bridge(SwitchDaemon daemon, String name) {
        this.link = new SwitchLink(daemon);
        this.name = name;
    }

    /**
     * Makes the bridge, or corrects the settings of the one there is; returns once the switch has it. Refuses a bridge of
     * that name that is not Lamella's.
     */
    public void ensure() {
        edits.lock();
        try {
            SwitchTables tables = link.tables();
            Optional<SwitchTables.Entry> present = tables.named(SwitchTables.BRIDGE, name);
            try {
                // Also waits for what an earlier daemon asked for, so that nothing of it is still to come.
                awaitDone(commit(present.map(this::correction).orElseGet(() -> creation(tables))));
                awaitPorts(Map.of(name, LOCAL_PORT), SwitchLink.PATIENCE);
                leaving.clear();
            } catch (Refusal e) {
                if (present.isEmpty()) {
                    remove();
                }
                throw e;
            }
        } finally {
            edits.unlock();
        }
    }

    /** {@code system} or {@code netdev}: what the bridge has, or would get. */
    public String datapathType() {
        return link.tables()
                .named(SwitchTables.BRIDGE, name)
                .flatMap(bridge -> bridge.row().text("datapath_type"))
                .filter(type -> !type.isEmpty())
                .orElseGet(Datapath::best);
    }

    /**
     * Adds ports, all in one transaction, and asks for their numbers; {@link #awaitPort} then waits for the switch.
     * A port that is there already is left alone if nothing is wrong with it, and otherwise replaced: one of another
     * number or id, one that the switch could not open, and one whose device has been made anew.
     */
    public void addPorts(List<PortRow> ports) {
        for (long pending = tryAdd(ports); pending > 0; pending = tryAdd(ports)) {
            awaitDone(pending); // without the lock, so that others are served
        }
    }

    /** Adds the ports and returns 0, or, where removals have to be awaited first, returns the last one's number. */
    private long tryAdd(List<PortRow> ports) {
        edits.lock();
        try {
            SwitchTables tables = link.tables();
            SwitchTables.Entry bridge = bridge(tables);
            List<PortRow> missing = new ArrayList<>();
            List<String> wrong = new ArrayList<>();
            for (PortRow port : ports) {
                Optional<SwitchTables.Entry> present = tables.named(SwitchTables.INTERFACE, port.device());
                if (present.isPresent() && !connected(tables, bridge, port.device())) {
                    throw Refusal.conflict(
                            "port", "the device " + port.device() + " is a port of a bridge that is not Lamella's");
                }
                if (present.isEmpty() || !settled(present.get().row(), port)) {
                    missing.add(port);
                    present.ifPresent(entry -> wrong.add(port.device()));
                }
            }
            disconnect(tables, wrong);
            // A switch that saw a removal and its replacement as one step would keep the old device's socket.
            long done = tables.root()
                    .map(root -> root.row().whole("cur_cfg").orElse(0))
                    .orElse(0L);
            leaving.values().removeIf(number -> number <= done);
            long pending = missing.stream()
                    .mapToLong(port -> leaving.getOrDefault(port.device(), 0L))
                    .max()
                    .orElse(0);
            if (pending == 0) {
                connect(bridge, missing);
            }
            return pending;
        } finally {
            edits.unlock();
        }
    }

    private void connect(SwitchTables.Entry bridge, List<PortRow> ports) {
        List<Operation> operations = new ArrayList<>();
        List<Value.Atom> made = new ArrayList<>();
        for (PortRow port : ports) {
            int number = made.size();
            Value device = Value.of(port.device());
            operations.add(Operation.insert(
                    SwitchTables.INTERFACE,
                    Row.of("name", device)
                            .with("ofport_request", Value.of(port.ofport()))
                            .with(
                                    "external_ids",
                                    Value.map(Map.of(PORT_MARK, port.id(), DEVICE_MARK, deviceIndex(port.device())))),
                    "i" + number));
            operations.add(Operation.insert(
                    SwitchTables.PORT,
                    Row.of("name", device).with("interfaces", Value.named("i" + number)),
                    "p" + number));
            made.add(Value.named("p" + number));
        }
        if (!made.isEmpty()) {
            operations.add(Operation.mutate(
                    SwitchTables.BRIDGE,
                    List.of(Condition.row(bridge.id())),
                    Mutation.insert("ports", Value.set(made))));
            if (link.transact(operations).getLast().count() != 1) {
                throw noBridge();
            }
        }
    }

    /**
     * Waits until the switch forwards these ports under the numbers that were asked for. Refuses, with the switch's own
     * words, where it cannot, and where it does not within {@code timeout}.
     */
    public void awaitPort(Collection<String> devices, Duration timeout) {
        SwitchTables tables = link.tables();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (String device : devices) {
            Row row = tables.named(SwitchTables.INTERFACE, device)
                    .orElseThrow(() -> Refusal.notFound("port of bridge " + name, device))
                    .row();
            numbers.put(device, (int) row.whole("ofport_request").orElse(-1));
        }
        awaitPorts(numbers, timeout);
    }

    /**
     * Removes ports, all in one transaction, without waiting for the switch to close their devices; devices that are not
     * ports of Lamella's are passed over.
     */
    public void removePorts(Collection<String> devices) {
        edits.lock();
        try {
            SwitchTables tables = link.tables();
            Set<String> ours = new LinkedHashSet<>(ports(tables).keySet());
            ours.retainAll(Set.copyOf(devices));
            disconnect(tables, ours);
        } finally {
            edits.unlock();
        }
    }

    private void disconnect(SwitchTables tables, Collection<String> devices) {
        List<Value.Atom> ids = devices.stream()
                .flatMap(device -> tables.named(SwitchTables.PORT, device).stream())
                .map(port -> Value.of(port.id()))
                .toList();
        if (!ids.isEmpty()) {
            long number = commit(List.of(Operation.mutate(
                    SwitchTables.BRIDGE,
                    List.of(Condition.equal("name", Value.of(name))),
                    Mutation.delete("ports", Value.set(ids)))));
            devices.forEach(device -> leaving.put(device, number));
        }
    }

    /**
     * Lamella's ports by device, with the numbers that they really have: -1 where the switch has not opened the device,
     * or has one open that is gone. Empty where there is no bridge.
     */
    public Map<String, PortRow> ports() {
        SwitchTables tables = link.tables();
        return SwitchLink.within(tables, SwitchLink.PATIENCE, () -> Optional.of(ports(tables)), SwitchLink::silent);
    }

    /** Removes the bridge with all its ports; returns once the switch has let go of their devices. Idempotent. */
    public void remove() {
        edits.lock();
        try {
            SwitchTables tables = link.tables();
            Optional<SwitchTables.Entry> present = tables.named(SwitchTables.BRIDGE, name);
            if (present.isEmpty()) {
                return;
            }
            awaitDone(commit(List.of(Operation.mutate(
                    SwitchTables.ROOT,
                    List.of(),
                    Mutation.delete(
                            "bridges", Value.set(Value.of(ours(present.get()).id())))))));
        } finally {
            edits.unlock();
        }
    }

    /** Closes the connection; the bridge stays. */
    @Override
    public void close() {
        link.close();
    }

    private List<Operation> creation(SwitchTables tables) {
        List<Operation> operations = new ArrayList<>();
        operations.add(Operation.insert(
                SwitchTables.INTERFACE,
                Row.of("name", Value.of(name)).with("type", Value.of("internal")),
                "interface"));
        operations.add(Operation.insert(
                SwitchTables.PORT,
                Row.of("name", Value.of(name)).with("interfaces", Value.named("interface")),
                "port"));
        operations.add(Operation.insert(
                SwitchTables.BRIDGE,
                SETTINGS.with("name", Value.of(name))
                        .with("ports", Value.named("port"))
                        .with("datapath_type", Value.of(Datapath.best()))
                        .with("external_ids", Value.map(Map.of(MARK, "1"))),
                "bridge"));
        Optional<SwitchTables.Entry> root = tables.root();
        if (root.isPresent()) {
            operations.add(Operation.mutate(
                    SwitchTables.ROOT,
                    List.of(Condition.row(root.get().id())),
                    Mutation.insert("bridges", Value.set(Value.named("bridge")))));
        } else {
            operations.add(Operation.insert(SwitchTables.ROOT, Row.of("bridges", Value.set(Value.named("bridge")))));
        }
        return operations;
    }

    private List<Operation> correction(SwitchTables.Entry bridge) {
        Row wanted = SETTINGS;
        if (ours(bridge).row().text("datapath_type").orElse("").equals(Datapath.KERNEL)
                && Datapath.best().equals(Datapath.USERSPACE)) {
            wanted = wanted.with("datapath_type", Value.of(Datapath.USERSPACE));
        }
        boolean right = wanted.columns().keySet().stream().allMatch(same(wanted, bridge.row()));
        return right
                ? List.of()
                : List.of(Operation.update(SwitchTables.BRIDGE, List.of(Condition.row(bridge.id())), wanted));
    }

    /** Carries out the operations; returns the number that the root row's {@code cur_cfg} reaches when the switch has. */
    private long commit(List<Operation> operations) {
        List<Operation> all = new ArrayList<>(operations);
        all.add(Operation.mutate(SwitchTables.ROOT, List.of(), Mutation.add("next_cfg", 1)));
        all.add(Operation.select(SwitchTables.ROOT, List.of(), "next_cfg"));
        return link.transact(all).getLast().rows().getFirst().whole("next_cfg").orElse(0);
    }

    private void awaitDone(long number) {
        SwitchTables tables = link.tables();
        SwitchLink.within(
                tables,
                SwitchLink.PATIENCE,
                () -> tables.root().filter(root -> root.row().whole("cur_cfg").orElse(0) >= number),
                SwitchLink::silent);
    }

    /** The kernel's number of the device, which tells it from an earlier one of that name; 0 where there is none. */
    private static String deviceIndex(String device) {
        try {
            return Files.readString(Path.of("/sys/class/net", device, "ifindex"))
                    .strip();
        } catch (IOException e) {
            return "0";
        }
    }

    private static Predicate<String> same(Row one, Row other) {
        return column -> one.atoms(column).equals(other.atoms(column))
                && one.texts(column).equals(other.texts(column));
    }

    private SwitchTables.Entry bridge(SwitchTables tables) {
        return ours(tables.named(SwitchTables.BRIDGE, name).orElseThrow(this::noBridge));
    }

    private SwitchTables.Entry ours(SwitchTables.Entry bridge) {
        if (!bridge.row().texts("external_ids").containsKey(MARK)) {
            throw Refusal.conflict(
                    "bridge",
                    "the switch has a bridge " + name + " that is not Lamella's: remove it (ovs-vsctl del-br " + name
                            + ") or configure another name");
        }
        return bridge;
    }

    private static boolean connected(SwitchTables tables, SwitchTables.Entry bridge, String device) {
        return tables.named(SwitchTables.PORT, device)
                .filter(port -> bridge.row().ids("ports").contains(port.id()))
                .isPresent();
    }

    /** Whether a port needs nothing more from this side: the switch has it, or has not looked at it yet. */
    private static boolean settled(Row row, PortRow port) {
        return row.whole("ofport_request").orElse(-1) == port.ofport()
                && row.whole("ofport").orElse(port.ofport()) == port.ofport()
                && row.texts("external_ids").getOrDefault(PORT_MARK, "").equals(port.id())
                && row.text("error").isEmpty()
                && sameDevice(row, port.device());
    }

    /** The userspace datapath does not notice when a device is deleted, and made anew it stays unconnected. */
    private static boolean sameDevice(Row row, String device) {
        return deviceIndex(device).equals(row.texts("external_ids").get(DEVICE_MARK));
    }

    private Map<String, PortRow> ports(SwitchTables tables) {
        Map<String, PortRow> ports = new LinkedHashMap<>();
        Set<UUID> connected = tables.named(SwitchTables.BRIDGE, name)
                .map(bridge -> bridge.row().ids("ports"))
                .orElse(Set.of());
        for (UUID id : connected) {
            String device = tables.row(SwitchTables.PORT, id)
                    .flatMap(row -> row.text("name"))
                    .orElse("");
            Row row = tables.named(SwitchTables.INTERFACE, device)
                    .map(SwitchTables.Entry::row)
                    .orElse(Row.EMPTY);
            String mark = row.texts("external_ids").get(PORT_MARK);
            if (mark != null) {
                long number = sameDevice(row, device) ? row.whole("ofport").orElse(-1) : -1;
                ports.put(device, new PortRow(device, (int) number, mark));
            }
        }
        return ports;
    }

    private void awaitPorts(Map<String, Integer> numbers, Duration timeout) {
        SwitchTables tables = link.tables();
        Set<String> waiting = new LinkedHashSet<>(numbers.keySet());
        SwitchLink.within(
                tables,
                timeout,
                () -> {
                    waiting.removeIf(device -> tables.named(SwitchTables.INTERFACE, device)
                            .filter(entry -> has(device, entry.row(), numbers.getOrDefault(device, -1)))
                            .isPresent());
                    return waiting.isEmpty() ? Optional.of(true) : Optional.empty();
                },
                () -> Refusal.unavailable("the switch did not open " + String.join(", ", waiting) + " within "
                        + timeout.toMillis() + " ms: is ovs-vswitchd running?"));
    }

    private static boolean has(String device, Row row, int number) {
        long actual = row.whole("ofport").orElse(0);
        Optional<String> error = row.text("error").filter(text -> !text.isEmpty());
        if (error.isPresent() || actual == -1) {
            throw Refusal.unavailable("the switch cannot open " + device + ": " + error.orElse("its log says why"));
        }
        if (actual != 0 && actual != number) {
            throw Refusal.conflict(
                    "port", "the switch gave " + device + " the number " + actual + " instead of " + number);
        }
        return actual == number;
    }

    private Refusal noBridge() {
        return Refusal.unavailable("the switch has no bridge " + name);
    }
}
