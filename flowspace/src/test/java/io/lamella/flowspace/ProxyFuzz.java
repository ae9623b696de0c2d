package io.lamella.flowspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.flowspace.TableOracle.Packet;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.Header;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.OpenFlowException;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Hostile bytes from both sides end in a message, an error or nothing, never in a defect. */
class ProxyFuzz {
    @Property(tries = 20_000)
    void anyFrameHasHeaders(@ForAll byte[] frame, @ForAll int inPort, @ForAll long tunnel) {
        for (Version v : Version.values()) {
            assertThat(PacketHeaders.of(ByteBuffer.wrap(frame), inPort, v, tunnel)
                            .isEmpty())
                    .isFalse();
        }
    }

    @Property(tries = 5_000)
    void framesCutAndDamagedHaveHeaders(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] frame = World.frame(new World(random, Version.V1_3).packet()).toArray();
        for (int i = random.nextInt(4); i > 0; i--) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        ByteBuffer cut = ByteBuffer.wrap(frame, 0, random.nextInt(frame.length + 1));
        assertThat(PacketHeaders.of(cut, 1, Version.V1_3, 0).isEmpty()).isFalse();
    }

    @Property(tries = 3_000)
    void damagedMessagesOfBothSides(@ForAll long seed) {
        Random random = new Random(seed);
        Version version = random.nextBoolean() ? Version.V1_3 : Version.V1_0;
        World world = new World(random, version);
        List<Message> toSwitch = new ArrayList<>();
        List<Message> heard = new ArrayList<>();
        SlicedSwitch sliced = new SlicedSwitch(
                version,
                new Message.Features(1, 0, 3, 0, 0),
                List.of(new PortDescription(1, 1, "p1", 0, 0, 0, 0, 0, 0, 0, 0)),
                world.slices().flowSpace(),
                (m, xid) -> toSwitch.add(m));
        Controller controller = new Controller(new Controller.Line() {
            @Override
            public void send(int xid, Message message) {
                heard.add(message);
            }

            @Override
            public void offer(int xid, Message message) {
                heard.add(message);
            }
        });
        sliced.tenants().forEach(t -> t.attach(controller));
        for (int i = 0; i < 20; i++) {
            ByteBuffer bytes = damaged(random, version, message(random, world));
            Message message;
            try {
                message = version.decode(bytes);
            } catch (OpenFlowException e) {
                continue;
            }
            if (random.nextBoolean() && !sliced.tenants().isEmpty()) {
                sliced.tenants().getFirst().receive(controller, random.nextInt(), message, Bytes.EMPTY);
            } else {
                sliced.receive(random.nextInt(30), message);
            }
        }
        ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
        for (Message m : toSwitch) { // whatever is sent can be written
            version.encode(0, m, out.clear());
        }
        for (Message m : heard) {
            version.encode(0, m, out.clear());
        }
    }

    private static Message message(Random random, World world) {
        Packet p = world.packet();
        return switch (random.nextInt(7)) {
            case 0 ->
                new Message.PacketIn(
                        random.nextInt(3) - 1, 60, 0, 0, -1, Match.of(OxmField.IN_PORT.is(1)), World.frame(p));
            case 1 -> new Message.PacketOut(random.nextInt(3) - 1, 1, world.actions(Match.ANY, false), World.frame(p));
            case 2 -> MultipartRequest.Flows.ALL;
            case 3 -> new Message.Error(5, 1, Bytes.EMPTY);
            case 4 ->
                new Message.PortStatus(
                        random.nextInt(3), new PortDescription(1 + random.nextInt(3), 1, "p", 0, 0, 0, 0, 0, 0, 0, 0));
            default -> world.flowMod();
        };
    }

    private static ByteBuffer damaged(Random random, Version version, Message message) {
        ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
        version.encode(1, message, out);
        int length = out.flip().limit();
        for (int i = random.nextInt(3); i > 0; i--) {
            int place = random.nextInt(length);
            out.put(place < 4 ? 1 : place, (byte) random.nextInt(place < 4 ? 30 : 256));
        }
        return out;
    }
}
