package io.lamella.backend.xen;

import io.lamella.guest.AgentControl;
import io.lamella.guest.AgentSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of one command, which have been others' before. So both sides skip what is left in them: the agent
 * begins each with a zero byte and the command's id, and then reads up to a line with the id.
 */
final class Wires implements AgentSession.Wires {
    private static final Logger LOG = LoggerFactory.getLogger(Wires.class);

    private final AgentControl agent;
    private final String id;
    private final Runnable onClose;
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param paths of the sockets: the first goes both ways, a second one is for standard error
     * @param onClose gives the channels back
     */
    Wires(AgentControl agent, String id, List<Path> paths, Runnable onClose) throws IOException {
        this.agent = agent;
        this.id = id;
        this.onClose = onClose;
        try {
            for (Path path : paths) {
                sockets.add(connect(path));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Waits until the agent has begun with the command, and lets it go on. */
    void handshake(Duration patience) throws IOException {
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(patience);
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            for (SocketChannel socket : sockets) {
                skipTo(id, java.nio.channels.Channels.newInputStream(socket));
            }
            in().write(("\n" + id + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IOException("the agent in the guest does not answer", e);
        } finally {
            guard.interrupt();
        }
    }

    /** Reads to the end of the mark; nothing else in it is a zero byte. */
    static void skipTo(String id, InputStream in) throws IOException {
        byte[] mark = ("\0" + id + "\n").getBytes(StandardCharsets.US_ASCII);
        int matched = 0;
        while (matched < mark.length) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the channel ended");
            }
            if (next == mark[matched]) {
                matched++;
            } else {
                matched = next == 0 ? 1 : 0;
            }
        }
    }

    @Override
    public OutputStream in() {
        return java.nio.channels.Channels.newOutputStream(sockets.getFirst());
    }

    @Override
    public InputStream out() {
        return java.nio.channels.Channels.newInputStream(sockets.getFirst());
    }

    @Override
    public InputStream err() {
        return java.nio.channels.Channels.newInputStream(sockets.getLast());
    }

    @Override
    public void kill() {
        try {
            agent.kill(id);
        } catch (IOException e) {
            LOG.debug("the agent does not listen", e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            for (SocketChannel socket : sockets) {
                try {
                    socket.close();
                } catch (IOException e) {
                    LOG.debug("a channel is gone already", e);
                }
            }
            onClose.run();
        }
    }
}
