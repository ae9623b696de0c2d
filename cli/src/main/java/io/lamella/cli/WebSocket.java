package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The client's side of a WebSocket (RFC 6455). One thread may receive while others send. Pings are answered, messages
 * are put together from their fragments.
 */
final class WebSocket implements AutoCloseable {
    /** The longest message accepted. */
    static final int MAX_MESSAGE = 1 << 20;

    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final InputStream in;
    private final OutputStream out;
    private final AutoCloseable connection;
    private final SecureRandom random = new SecureRandom();
    private boolean closeSent;

    WebSocket(InputStream in, OutputStream out, AutoCloseable connection) {
        this.in = in;
        this.out = out;
        this.connection = connection;
    }

    /** A fresh value for {@code Sec-WebSocket-Key}. */
    static String key() {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** The {@code Sec-WebSocket-Accept} that belongs to a key (section 4.2.2). */
    static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has SHA-1
        }
    }

    /**
     * The next message, or empty at the end.
     *
     * @throws ProtocolException where the bytes break the protocol, or a message is longer than 1 MiB
     */
    Optional<byte[]> receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        boolean within = false;
        while (true) {
            int first = in.read();
            if (first < 0) {
                if (within) {
                    throw new ProtocolException("the connection ended within a message");
                }
                return Optional.empty();
            }
            boolean last = (first & 0x80) != 0;
            int opcode = first & 15;
            if ((first & 0x70) != 0) {
                throw new ProtocolException("a frame uses an extension that was not agreed on");
            }
            byte[] payload = payload(opcode, last);
            switch (opcode) {
                case CLOSE -> {
                    send(CLOSE, payload, payload.length);
                    return Optional.empty();
                }
                case PING -> send(PONG, payload, payload.length);
                case PONG -> {}
                case CONTINUATION, TEXT, BINARY -> {
                    if (within != (opcode == CONTINUATION)) {
                        throw new ProtocolException("the fragments of a message are out of order");
                    }
                    if (message.size() + payload.length > MAX_MESSAGE) {
                        throw new ProtocolException("a message is longer than " + MAX_MESSAGE + " bytes");
                    }
                    message.writeBytes(payload);
                    within = true;
                    if (last) {
                        return Optional.of(message.toByteArray());
                    }
                }
                default -> throw new ProtocolException("a frame is of the unknown kind " + opcode);
            }
        }
    }

    private byte[] payload(int opcode, boolean last) throws IOException {
        int second = octet();
        if ((second & 0x80) != 0) {
            throw new ProtocolException("a frame from the daemon is masked");
        }
        long length = second & 0x7f;
        if (opcode >= CLOSE && (length > 125 || !last)) {
            throw new ProtocolException("a control frame is too long or in fragments");
        }
        int more = length == 126 ? 2 : length == 127 ? 8 : 0;
        for (int i = 0; i < more; i++) {
            length = (i == 0 ? 0 : length << 8) | octet();
        }
        if (length < 0 || length > MAX_MESSAGE) {
            throw new ProtocolException("a frame is longer than " + MAX_MESSAGE + " bytes");
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new ProtocolException("the connection ended within a frame");
        }
        return payload;
    }

    private int octet() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new ProtocolException("the connection ended within a frame");
        }
        return b;
    }

    /** Sends a message: {@code channel}, then {@code length} bytes. */
    void send(byte channel, byte[] bytes, int length) throws IOException {
        byte[] message = new byte[length + 1];
        message[0] = channel;
        System.arraycopy(bytes, 0, message, 1, length);
        send(BINARY, message, message.length);
    }

    private synchronized void send(int opcode, byte[] payload, int length) throws IOException {
        if (closeSent) {
            return;
        }
        closeSent = opcode == CLOSE;
        out.write(0x80 | opcode);
        if (length < 126) {
            out.write(0x80 | length);
        } else if (length < 65_536) {
            out.write(0x80 | 126);
            out.write(length >>> 8);
            out.write(length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write(shift > 24 ? 0 : length >>> shift);
            }
        }
        byte[] mask = new byte[4];
        random.nextBytes(mask);
        out.write(mask);
        byte[] masked = new byte[length];
        for (int i = 0; i < length; i++) {
            masked[i] = (byte) (payload[i] ^ mask[i & 3]);
        }
        out.write(masked);
        out.flush();
    }

    /** Says goodbye and ends the connection. */
    @Override
    public void close() throws IOException {
        try {
            send(CLOSE, new byte[] {3, (byte) 232}, 2); // 1000: normal closure
        } catch (IOException e) {
            // the peer was faster
        }
        try {
            connection.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
