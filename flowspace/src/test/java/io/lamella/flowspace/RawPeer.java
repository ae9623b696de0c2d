package io.lamella.flowspace;

import io.lamella.openflow.Header;
import io.lamella.openflow.Message;
import io.lamella.openflow.OpenFlow13;
import io.lamella.openflow.Version;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Predicate;

/** One side of a connection that says what a test has it say, good or bad. */
final class RawPeer implements AutoCloseable {
    record Heard(int xid, Message message) {}

    final Socket socket;
    final DataInputStream in;
    private final Version version;

    RawPeer(Socket socket, Version version) throws IOException {
        this.socket = socket;
        this.version = version;
        in = new DataInputStream(socket.getInputStream());
        socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
    }

    static RawPeer to(int port, Version version) throws IOException {
        return new RawPeer(new Socket(InetAddress.getLoopbackAddress(), port), version);
    }

    void say(int xid, Message message) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(Header.MAX_LENGTH);
        version.encode(xid, message, out);
        socket.getOutputStream().write(out.array(), 0, out.position());
    }

    void say(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Heard hear() throws IOException {
        byte[] head = in.readNBytes(Header.SIZE);
        if (head.length < Header.SIZE) {
            throw new IOException("closed");
        }
        ByteBuffer buffer = ByteBuffer.allocate(Header.length(ByteBuffer.wrap(head), 0));
        in.readFully(buffer.put(head).array(), Header.SIZE, buffer.capacity() - Header.SIZE);
        buffer.rewind();
        int xid = Header.xid(buffer, 0);
        return new Heard(xid, Header.type(buffer, 0) == 0 ? OpenFlow13.decode(buffer) : version.decode(buffer));
    }

    /** Passes over what comes until something fits; echoes are answered. */
    Heard hear(Predicate<Message> wanted) throws IOException {
        while (true) {
            Heard h = hear();
            if (wanted.test(h.message())) {
                return h;
            }
            if (h.message() instanceof Message.EchoRequest echo) {
                say(h.xid(), new Message.EchoReply(echo.data()));
            }
        }
    }

    <T extends Message> T hear(Class<T> wanted) throws IOException {
        return wanted.cast(hear(wanted::isInstance).message());
    }

    /** Whether the other side closes the connection, whatever it says before. */
    boolean isClosed() throws IOException {
        try {
            while (true) {
                hear();
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
