package io.lamella.openflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OpenFlow13Properties {
    @Provide
    Arbitrary<Message> messages() {
        return Messages.any();
    }

    @Property(tries = 3000)
    void whatIsWrittenIsReadAgain(@ForAll int xid, @ForAll("messages") Message message) {
        byte[] bytes = Messages.encode(xid, message);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        assertThat(Header.complete(in)).isTrue();
        assertThat(Header.length(in, 0)).isEqualTo(bytes.length);
        assertThat(Header.xid(in, 0)).isEqualTo(xid);
        assertThat(OpenFlow13.decode(in)).isEqualTo(message);
        assertThat(in.hasRemaining()).isFalse();
    }

    @Property(tries = 300)
    void messagesAreReadOneAfterAnother(
            @ForAll("messages") Message first, @ForAll("messages") Message second, @ForAll byte padding) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * Header.MAX_LENGTH);
        buffer.put(padding);
        OpenFlow13.encode(1, first, buffer);
        OpenFlow13.encode(2, second, buffer);
        buffer.flip().get();
        assertThat(OpenFlow13.decode(buffer)).isEqualTo(first);
        assertThat(OpenFlow13.decode(buffer)).isEqualTo(second);
    }

    @Property(tries = 300)
    void anIncompleteMessageIsWaitedFor(@ForAll("messages") Message message) {
        byte[] bytes = Messages.encode(7, message);
        for (int length = 0; length < bytes.length; length += Math.max(1, bytes.length / 16)) {
            assertThat(Header.complete(ByteBuffer.wrap(bytes, 0, length))).isFalse();
        }
    }
}
