package io.lamella.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class NetlinkFuzz {
    @Property
    void anyBytesAreReadWithinTheirBounds(
            @ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 64) int offset) {
        check(bytes, offset);
    }

    @Property
    void aDamagedMessageIsReadWithinItsBounds(
            @ForAll @IntRange(max = 63) int position, @ForAll byte value, @ForAll @IntRange(max = 64) int length) {
        ByteBuffer sound = new NetlinkMessage.Writer(16, 5)
                .link(7, 1, 1)
                .attribute(3, "eth0")
                .attribute(4, 1500)
                .finish(9);
        byte[] bytes = new byte[Math.min(length, sound.limit())];
        sound.get(bytes);
        if (position < bytes.length) {
            bytes[position] = value;
        }
        check(bytes, 16);
    }

    private static void check(byte[] bytes, int offset) {
        int total = 0;
        for (NetlinkMessage message :
                NetlinkMessage.parse(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()))) {
            total += NetlinkMessage.HEADER + message.payload().limit();
            int inside = 0;
            for (ByteBuffer value : message.attributes(offset).values()) {
                inside += 4 + value.limit();
                assertThat(NetlinkMessage.text(value).length()).isLessThanOrEqualTo(value.limit());
            }
            assertThat(inside).isLessThanOrEqualTo(message.payload().limit());
        }
        assertThat(total).isLessThanOrEqualTo(bytes.length);
    }
}
