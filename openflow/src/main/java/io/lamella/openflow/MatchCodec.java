package io.lamella.openflow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** OXM fields and the match structure of version 1.3 (section A.2.3). */
final class MatchCodec {
    private static final int TYPE_OXM = 1;
    private static final int MASKED = 1 << 8;

    private MatchCodec() {}

    static void write(Match match, ByteBuffer out) {
        int start = out.position();
        out.putShort((short) TYPE_OXM).putShort((short) 0);
        for (Oxm oxm : match.fields()) {
            write(oxm, out);
        }
        int length = out.position() - start;
        out.putShort(start + 2, (short) length);
        pad(out, -length & 7);
    }

    /** Reads a match with its padding. */
    static Match read(ByteBuffer in) {
        int type = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        if (type != TYPE_OXM || length < 4) {
            throw OpenFlowException.malformed("match of type " + type + " and length " + length);
        }
        int end = in.position() + length - 4;
        int padded = end + (-length & 7);
        if (padded > in.limit()) {
            throw OpenFlowException.malformed("match of length " + length + " in " + (in.remaining() + 4) + " bytes");
        }
        Match match = Match.ANY;
        if (in.position() < end) {
            List<Oxm> fields = new ArrayList<>(4);
            while (in.position() < end) {
                fields.add(read(in, end));
            }
            match = new Match(fields);
        }
        in.position(padded);
        return match;
    }

    static void write(Oxm oxm, ByteBuffer out) {
        switch (oxm) {
            case Oxm.Raw raw -> {
                out.putInt(raw.header());
                raw.payload().put(out);
            }
            case Oxm.Field known -> {
                OxmField field = known.field();
                int size = known.exact() ? field.size() : 2 * field.size();
                out.putInt(known.type() << 9 | (known.exact() ? 0 : MASKED) | size);
                put(known.high(), known.low(), field.size(), out);
                if (!known.exact()) {
                    put(known.maskHigh(), known.maskLow(), field.size(), out);
                }
            }
        }
    }

    static Oxm read(ByteBuffer in, int end) {
        if (end - in.position() < 4) {
            throw OpenFlowException.malformed("a match field of " + (end - in.position()) + " bytes");
        }
        int header = in.getInt();
        int length = header & 0xff;
        if (length > end - in.position()) {
            throw OpenFlowException.malformed("a match field of length " + length + " exceeds its match");
        }
        boolean masked = (header & MASKED) != 0;
        OxmField field = header >>> 16 == OxmField.BASIC_CLASS ? OxmField.byNumber(header >>> 9 & 0x7f) : null;
        if (field == null || length != (masked ? 2 * field.size() : field.size())) {
            return new Oxm.Raw(header, Bytes.take(in, length));
        }
        boolean wide = field.size() > 8;
        long high = wide ? in.getLong() : 0;
        long low = get(wide ? 8 : field.size(), in);
        if (!masked) {
            return new Oxm.Field(field, high, low, -1, -1);
        }
        long maskHigh = wide ? in.getLong() : 0;
        return new Oxm.Field(field, high, low, maskHigh, get(wide ? 8 : field.size(), in));
    }

    private static void put(long high, long low, int size, ByteBuffer out) {
        if (size > 8) {
            out.putLong(high).putLong(low);
            return;
        }
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            out.put((byte) (low >>> shift));
        }
    }

    private static long get(int size, ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | in.get() & 0xff;
        }
        return value;
    }

    static void pad(ByteBuffer out, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.put((byte) 0);
        }
    }
}
