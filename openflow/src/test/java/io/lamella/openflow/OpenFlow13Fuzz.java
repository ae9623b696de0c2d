package io.lamella.openflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Hostile bytes give a message or an {@link OpenFlowException}, and what was read can be written and read again. */
class OpenFlow13Fuzz {
    private record Change(int place, byte value) {}

    @Provide
    Arbitrary<Message> messages() {
        return Messages.any();
    }

    @Provide
    Arbitrary<byte[]> noise() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(400))
                .as((type, body) -> {
                    ByteBuffer b = ByteBuffer.allocate(Header.SIZE + body.length);
                    b.put((byte) 4)
                            .put((byte) (int) type)
                            .putShort((short) b.capacity())
                            .putInt(1)
                            .put(body);
                    return b.array();
                });
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(Arbitraries.integers().greaterOrEqual(0), Arbitraries.bytes())
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Property(tries = 5000)
    void randomBytes(@ForAll byte[] bytes) {
        feed(bytes);
    }

    @Property(tries = 10000)
    void randomBodies(@ForAll("noise") byte[] bytes) {
        feed(bytes);
    }

    @Property(tries = 10000)
    void damagedMessages(@ForAll("messages") Message message, @ForAll("changes") List<Change> changes) {
        byte[] bytes = Messages.encode(1, message);
        for (Change change : changes) {
            // The header's length stays true, otherwise hardly any damage would get past it.
            int place = change.place() % bytes.length;
            bytes[place == 2 || place == 3 ? 1 : place] = change.value();
        }
        feed(bytes);
    }

    @Property(tries = 3000)
    void shortenedMessages(@ForAll("messages") Message message, @ForAll int cut) {
        byte[] bytes = Messages.encode(1, message);
        int length = Header.SIZE + Math.floorMod(cut, bytes.length - Header.SIZE + 1);
        ByteBuffer.wrap(bytes).putShort(2, (short) length);
        feed(bytes);
    }

    private static void feed(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Message message;
        try {
            message = OpenFlow13.decode(in);
        } catch (OpenFlowException e) {
            return;
        }
        byte[] written;
        try {
            written = Messages.encode(1, message);
        } catch (OpenFlowException e) {
            throw new AssertionError("read but not writable: " + message, e);
        }
        assertThat(OpenFlow13.decode(ByteBuffer.wrap(written))).isEqualTo(message);
    }
}
