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
class OpenFlow10Fuzz {
    /** Bodies of the length that most messages need, so that many are read to their end. */
    @Provide
    Arbitrary<byte[]> noise() {
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<byte[]> zeros = Arbitraries.of(0, 4, 8, 16, 24, 56, 64, 72, 76, 80, 88, 96, 104, 120)
                .map(byte[]::new);
        Arbitrary<List<Integer>> places =
                Arbitraries.integers().between(0, 127).list().ofMaxSize(8);
        return Combinators.combine(Arbitraries.integers().between(0, 22), Arbitraries.oneOf(any, zeros), places)
                .as((type, body, changed) -> {
                    for (int p : changed) {
                        if (p < body.length) {
                            body[p] ^= (byte) (1 << p % 8);
                        }
                    }
                    ByteBuffer b = ByteBuffer.allocate(Header.SIZE + body.length);
                    b.put((byte) 1)
                            .put((byte) (int) type)
                            .putShort((short) b.capacity())
                            .putInt(1)
                            .put(body);
                    return b.array();
                });
    }

    @Property(tries = 5000)
    void randomBytes(@ForAll byte[] bytes) {
        feed(bytes);
    }

    @Property(tries = 20000)
    void randomBodies(@ForAll("noise") byte[] bytes) {
        feed(bytes);
    }

    private static void feed(byte[] bytes) {
        Message message;
        try {
            message = OpenFlow10.decode(ByteBuffer.wrap(bytes));
        } catch (OpenFlowException e) {
            return;
        }
        if (message instanceof Message.Hello) {
            return;
        }
        ByteBuffer written = ByteBuffer.allocate(Header.MAX_LENGTH);
        OpenFlow10.encode(1, message, written);
        assertThat(OpenFlow10.decode(written.flip())).isEqualTo(message);
    }
}
