package io.lamella.linux;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One message of netlink(7) as it came in.
 *
 * @param payload what follows the header, in the machine's byte order
 */
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer payload) {
    static final int HEADER = 16;
    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_CREATE = 0x400;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    /** The messages of one datagram; what is cut short at its end is left out. */
    static List<NetlinkMessage> parse(ByteBuffer datagram) {
        List<NetlinkMessage> messages = new ArrayList<>();
        ByteBuffer rest = datagram.slice().order(ByteOrder.nativeOrder());
        while (rest.remaining() >= HEADER) {
            int start = rest.position();
            int length = rest.getInt();
            if (length < HEADER || length > rest.limit() - start) {
                break;
            }
            int type = Short.toUnsignedInt(rest.getShort());
            int flags = Short.toUnsignedInt(rest.getShort());
            int sequence = rest.getInt();
            messages.add(new NetlinkMessage(type, flags, sequence, part(rest, start + HEADER, start + length)));
            rest.position(Math.min(rest.limit(), aligned(start + length)));
        }
        return messages;
    }

    /** The attributes that follow {@code offset} bytes of the payload; of a repeated one the last. */
    Map<Integer, ByteBuffer> attributes(int offset) {
        Map<Integer, ByteBuffer> attributes = new HashMap<>();
        if (offset > payload.limit()) {
            return attributes;
        }
        ByteBuffer rest = part(payload, offset, payload.limit());
        while (rest.remaining() >= 4) {
            int start = rest.position();
            int length = Short.toUnsignedInt(rest.getShort());
            int type = Short.toUnsignedInt(rest.getShort()) & 0x3fff;
            if (length < 4 || length > rest.limit() - start) {
                break;
            }
            attributes.put(type, part(rest, start + 4, start + length));
            rest.position(Math.min(rest.limit(), aligned(start + length)));
        }
        return attributes;
    }

    /** The number at the begin of the payload. */
    int number() {
        if (payload.limit() < 4) {
            throw new LinuxException("netlink", Errno.EPROTO, new BufferUnderflowException().toString());
        }
        return payload.getInt(0);
    }

    /** A zero-terminated text. */
    static String text(ByteBuffer value) {
        byte[] bytes = new byte[value.limit()];
        value.get(0, bytes);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static ByteBuffer part(ByteBuffer buffer, int from, int to) {
        return buffer.slice(from, to - from).order(ByteOrder.nativeOrder());
    }

    private static int aligned(int length) {
        return (length + 3) & ~3;
    }

    /** Writes one message. Attributes follow the fixed part; a nested one is open until its {@link #end}. */
    static final class Writer {
        private final ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());

        Writer(int type, int flags) {
            buffer.putInt(0).putShort((short) type).putShort((short) flags).putLong(0);
        }

        /** A {@code struct ifinfomsg} of rtnetlink(7). */
        Writer link(int index, int flags, int change) {
            buffer.put((byte) 0).put((byte) 0).putShort((short) 0);
            buffer.putInt(index).putInt(flags).putInt(change);
            return this;
        }

        Writer attribute(int type, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int start = begin(type);
            buffer.put(bytes).put((byte) 0);
            return end(start);
        }

        Writer attribute(int type, int number) {
            int start = begin(type);
            buffer.putInt(number);
            return end(start);
        }

        Writer attribute(int type, byte[] bytes) {
            int start = begin(type);
            buffer.put(bytes);
            return end(start);
        }

        /** Opens a nested attribute; the result is what {@link #end} closes. */
        int begin(int type) {
            int start = buffer.position();
            buffer.putShort((short) 0).putShort((short) type);
            return start;
        }

        Writer end(int start) {
            buffer.putShort(start, (short) (buffer.position() - start));
            while (buffer.position() % 4 != 0) {
                buffer.put((byte) 0);
            }
            return this;
        }

        /** The finished message with its sequence number. */
        ByteBuffer finish(int sequence) {
            buffer.putInt(0, buffer.position()).putInt(8, sequence);
            return buffer.duplicate().order(ByteOrder.nativeOrder()).flip();
        }
    }
}
