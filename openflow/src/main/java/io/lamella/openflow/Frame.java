package io.lamella.openflow;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** What versions 1.0 and 1.3 have in common: a message's frame, the greeting, and types whose bytes are the same in both. */
final class Frame {
    static final int HELLO = 0;
    static final int ERROR = 1;
    static final int ECHO_REQUEST = 2;
    static final int ECHO_REPLY = 3;
    static final int FEATURES_REQUEST = 5;
    static final int FEATURES_REPLY = 6;
    static final int GET_CONFIG_REQUEST = 7;
    static final int GET_CONFIG_REPLY = 8;
    static final int SET_CONFIG = 9;
    static final int PACKET_IN = 10;
    static final int FLOW_REMOVED = 11;
    static final int PORT_STATUS = 12;
    static final int PACKET_OUT = 13;
    static final int FLOW_MOD = 14;

    private static final int HELLO_BITMAP = 1;

    private Frame() {}

    /** Writes what follows a message's header, and returns its type. */
    interface Writer {
        int write(Message message, ByteBuffer out);
    }

    /** Reads what follows the header of a message of this type; it ends at the limit. */
    interface Reader {
        Message read(int type, ByteBuffer in);
    }

    /** See {@link OpenFlow13#encode}. */
    static void encode(int version, int xid, Message message, Writer body, ByteBuffer out) {
        int start = out.position();
        try {
            out.putInt(version << 24).putInt(xid);
            int type = body.write(message, out);
            int length = out.position() - start;
            if (length > Header.MAX_LENGTH) {
                throw OpenFlowException.because("a message of " + length + " bytes, at most 65535 are possible");
            }
            out.put(start + 1, (byte) type).putShort(start + 2, (short) length);
        } catch (BufferOverflowException e) {
            out.position(start);
            throw OpenFlowException.because("a message does not fit into " + out.remaining() + " bytes", e);
        } catch (OpenFlowException e) {
            out.position(start);
            throw e;
        }
    }

    /** See {@link OpenFlow13#decode}. */
    static Message decode(int spoken, ByteBuffer in, Reader body) {
        if (!Header.complete(in)) {
            throw OpenFlowException.malformed("incomplete, " + in.remaining() + " bytes");
        }
        int start = in.position();
        int version = Header.version(in, start);
        int type = Header.type(in, start);
        int limit = in.limit();
        in.limit(start + Header.length(in, start)).position(start + Header.SIZE);
        try {
            if (type == HELLO) {
                return hello(version, in);
            }
            if (version != spoken) {
                throw OpenFlowException.malformed("version " + version + " where " + spoken + " is spoken");
            }
            return body.read(type, in);
        } catch (BufferUnderflowException e) {
            throw OpenFlowException.malformed("type " + type + " with too few bytes");
        } finally {
            in.position(in.limit()).limit(limit);
        }
    }

    /** The element of a greeting that version 1.3 knows. */
    static void bitmap(int bitmap, ByteBuffer out) {
        if (bitmap != 0) {
            out.putShort((short) HELLO_BITMAP).putShort((short) 8).putInt(bitmap);
        }
    }

    /** Reads the elements of a greeting; unknown ones are passed over as section A.5.1 asks. */
    private static Message.Hello hello(int version, ByteBuffer in) {
        int bitmap = 0;
        while (in.remaining() >= 4) {
            int start = in.position();
            int type = in.getShort() & 0xffff;
            int length = in.getShort() & 0xffff;
            if (length < 4 || length > in.limit() - start) {
                throw OpenFlowException.malformed("a greeting's element of length " + length);
            }
            if (type == HELLO_BITMAP && length >= 8) {
                bitmap = in.getInt();
            }
            in.position(Math.min(start + (length + 7 & ~7), in.limit()));
        }
        return new Message.Hello(version, bitmap);
    }

    static int write(Message.Common message, ByteBuffer out) {
        return switch (message) {
            case Message.Error m -> {
                m.data().put(out.putShort((short) m.type()).putShort((short) m.code()));
                yield ERROR;
            }
            case Message.EchoRequest m -> {
                m.data().put(out);
                yield ECHO_REQUEST;
            }
            case Message.EchoReply m -> {
                m.data().put(out);
                yield ECHO_REPLY;
            }
            case Message.FeaturesRequest m -> FEATURES_REQUEST;
            case Message.GetConfigRequest m -> GET_CONFIG_REQUEST;
            case Message.Config m -> {
                out.putShort((short) m.flags()).putShort((short) m.missLength());
                yield GET_CONFIG_REPLY;
            }
            case Message.SetConfig m -> {
                out.putShort((short) m.flags()).putShort((short) m.missLength());
                yield SET_CONFIG;
            }
            case Message.Other m -> {
                m.body().put(out);
                yield m.type();
            }
        };
    }

    static Message.Common read(int type, ByteBuffer in) {
        return switch (type) {
            case ERROR ->
                new Message.Error(in.getShort() & 0xffff, in.getShort() & 0xffff, Bytes.take(in, in.remaining()));
            case ECHO_REQUEST -> new Message.EchoRequest(Bytes.take(in, in.remaining()));
            case ECHO_REPLY -> new Message.EchoReply(Bytes.take(in, in.remaining()));
            case FEATURES_REQUEST -> new Message.FeaturesRequest();
            case GET_CONFIG_REQUEST -> new Message.GetConfigRequest();
            case GET_CONFIG_REPLY -> new Message.Config(in.getShort() & 0xffff, in.getShort() & 0xffff);
            case SET_CONFIG -> new Message.SetConfig(in.getShort() & 0xffff, in.getShort() & 0xffff);
            default -> new Message.Other(type, Bytes.take(in, in.remaining()));
        };
    }
}
