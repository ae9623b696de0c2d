package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.flowspace.TableOracle.Packet;
import io.lamella.flowspace.World.Slices;
import io.lamella.model.FlowSpaceCheck;
import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Header;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random slices, controllers and packets. {@link TableOracle} is the switch, {@link World} knows whose a packet is: no
 * packet of one slice is matched, changed or seen by another, and a slice's own packets meet what they would meet if the
 * slice had the switch for itself.
 */
class IsolationProperties {
    private static final int REQUESTS = 30;
    private static final int PACKETS = 60;

    /** A controller that notes what it hears. */
    private static final class Ear implements Controller.Line {
        final List<Message> heard = new ArrayList<>();

        @Override
        public void send(int xid, Message message) {
            heard.add(message);
        }

        @Override
        public void offer(int xid, Message message) {
            heard.add(message);
        }
    }

    private static final class Bench {
        final Version version;
        final Random random;
        final World world;
        final Slices slices;
        final TableOracle real;
        final SlicedSwitch sliced;
        final Map<Integer, Ear> ears = new LinkedHashMap<>();
        final Map<Integer, Controller> controllers = new LinkedHashMap<>();
        final Map<Integer, TableOracle> alone = new LinkedHashMap<>();
        final List<Message.PacketOut> sent = new ArrayList<>();

        Bench(long seed, Version version, Slices slices, Random random, World world) {
            this.version = version;
            this.random = random;
            this.world = world;
            this.slices = slices;
            real = new TableOracle(version);
            List<PortDescription> ports = IntStream.rangeClosed(1, World.PORTS)
                    .mapToObj(p -> new PortDescription(p, p, "p" + p, 0, 0, 0, 0, 0, 0, 0, 0))
                    .toList();
            sliced = new SlicedSwitch(
                    version, new Message.Features(1, 0, 3, 0, 0), ports, slices.flowSpace(), this::toSwitch);
            sliced.begin();
            for (Tenant t : sliced.tenants()) {
                int s = number(t);
                Ear ear = new Ear();
                Controller c = new Controller(ear);
                t.attach(c);
                ears.put(s, ear);
                controllers.put(s, c);
                alone.put(s, new TableOracle(version));
            }
        }

        int number(Tenant t) {
            return slices.flowSpace().slices().indexOf(t.slice());
        }

        /** Everything goes by the wire's form, so that nothing is sent that the version cannot say. */
        private Message byWire(Message m) {
            ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
            version.encode(1, m, out);
            return version.decode(out.flip());
        }

        private void toSwitch(Message message, int xid) {
            switch (byWire(message)) {
                case FlowMod m -> real.apply(m);
                case Message.PacketOut m -> sent.add(m);
                default -> {}
            }
        }

        /** Lets a controller ask; returns whether it was refused. */
        boolean ask(Tenant t, Message message) {
            Ear ear = of(ears, number(t));
            ear.heard.clear();
            t.receive(of(controllers, number(t)), 7, byWire(message), Bytes.EMPTY);
            return ear.heard.stream().anyMatch(m -> m instanceof Message.Error);
        }
    }

    private static <T> T of(Map<Integer, T> map, int slice) {
        T value = map.get(slice);
        if (value == null) {
            throw new IllegalStateException("slice " + slice + " is not at this switch");
        }
        return value;
    }

    private static Bench bench(long seed, Version version) {
        Random random = new Random(seed);
        World world = new World(random, version);
        while (true) {
            Slices slices = world.slices();
            boolean isolated = FlowSpaceCheck.of(slices.flowSpace(), 1).conflicts().stream()
                    .noneMatch(c -> c.kind() == Kind.WRITE_WRITE);
            if (isolated) {
                return new Bench(seed, version, slices, random, world);
            }
        }
    }

    @Property(tries = 200)
    void openFlow13(@ForAll long seed) {
        check(bench(seed, Version.V1_3));
    }

    @Property(tries = 200)
    void openFlow10(@ForAll long seed) {
        check(bench(seed, Version.V1_0));
    }

    private static void check(Bench b) {
        List<Tenant> tenants = b.sliced.tenants();
        if (tenants.isEmpty()) {
            return;
        }
        for (int i = 0; i < REQUESTS; i++) {
            Tenant t = tenants.get(b.random.nextInt(tenants.size()));
            FlowMod m = b.world.flowMod();
            if (!b.ask(t, m)) {
                of(b.alone, b.number(t)).apply(m);
            }
        }
        for (int i = 0; i < PACKETS; i++) {
            packet(b, b.world.packet());
            packetOut(b, tenants.get(b.random.nextInt(tenants.size())), b.world.packet());
        }
        for (Tenant t : tenants) { // and nothing is left of a slice that deletes what it has
            b.ask(
                    t,
                    new FlowMod(
                            FlowMod.Command.DELETE,
                            new FlowEntry(b.version == Version.V1_0 ? 0 : Ports.ALL_TABLES, 0, 0, Match.ANY, List.of()),
                            0,
                            0,
                            0,
                            Ports.NO_BUFFER,
                            Ports.ANY,
                            Ports.ANY,
                            0));
            assertThat(t.book().entries()).isZero();
        }
        assertThat(b.real.size()).isZero();
    }

    private static void packet(Bench b, Packet p) {
        List<Integer> writers = b.slices.owners(p, true);
        TableOracle.Run run = b.real.run(p);
        for (TableOracle.Met met : run.met()) {
            int slice = Tenant.owner(met.cookie());
            assertThat(writers).as("who may match %s", p).contains(slice);
            assertThat(b.slices.owners(met.packet(), true))
                    .as("%s, of which slice %s has made %s", p, slice, met.packet())
                    .contains(slice);
        }
        for (TableOracle.Output o : run.outputs()) {
            int slice = Tenant.owner(o.cookie());
            assertThat(b.slices.owners(o.packet(), true))
                    .as("%s, which slice %s sends as %s", p, slice, o.packet())
                    .contains(slice);
        }
        if (writers.size() == 1 && b.alone.containsKey(writers.getFirst())) {
            int slice = writers.getFirst();
            Tenant t = b.sliced.tenants().stream()
                    .filter(x -> b.number(x) == slice)
                    .findFirst()
                    .orElseThrow();
            TreeSet<Integer> ports = new TreeSet<>(t.territory().ports());
            TreeSet<Integer> all = new TreeSet<>(List.of(1, 2, 3, 4));
            assertThat(TableOracle.delivered(run, p, all))
                    .as("%s of slice %s", p, slice)
                    .isEqualTo(TableOracle.delivered(of(b.alone, slice).run(p), p, ports));
        }
        packetIn(b, p);
    }

    private static void packetIn(Bench b, Packet p) {
        b.ears.values().forEach(e -> e.heard.clear());
        Bytes frame = World.frame(p);
        b.sliced.receive(
                0,
                new Message.PacketIn(
                        Ports.NO_BUFFER,
                        frame.length(),
                        0,
                        0,
                        -1,
                        Match.of(OxmField.IN_PORT.is(p.get(OxmField.IN_PORT))),
                        frame));
        List<Integer> heard = new ArrayList<>();
        b.ears.forEach((slice, ear) -> {
            if (!ear.heard.isEmpty()) {
                heard.add(slice);
            }
        });
        assertThat(heard).as("who hears of %s", p).isEqualTo(b.slices.owners(p, false));
    }

    private static void packetOut(Bench b, Tenant t, Packet p) {
        b.sent.clear();
        boolean anywhere = b.random.nextBoolean();
        int inPort = anywhere ? Ports.CONTROLLER : (int) p.get(OxmField.IN_PORT);
        boolean refused = b.ask(
                t, new Message.PacketOut(Ports.NO_BUFFER, inPort, b.world.actions(Match.ANY, false), World.frame(p)));
        int slice = b.number(t);
        if (refused) {
            assertThat(b.sent).isEmpty();
            return;
        }
        assertThat(b.sent).hasSize(1);
        List<Packet> from = new ArrayList<>();
        for (long port : new long[] {1, 2, 3, 4, World.PORTS + 1, 99}) { // rules may name ports that there are not
            Packet here = p.copy();
            here.fields.put(OxmField.IN_PORT, port);
            if (anywhere ? b.slices.owners(here, true).contains(slice) : port == inPort) {
                from.add(here);
            }
        }
        assertThat(from).as("%s from port %s", p, inPort).isNotEmpty();
        for (Packet here : from) {
            TableOracle.Run run = new TableOracle.Run(new ArrayList<>(), new ArrayList<>());
            b.real.actions(b.sent.getFirst().actions(), here.copy(), 0, run);
            for (TableOracle.Output o : run.outputs()) {
                assertThat(b.slices.owners(o.packet(), true))
                        .as("%s, sent by slice %s as %s", here, slice, o.packet())
                        .contains(slice);
            }
        }
    }
}
