package io.lamella.flowspace;

import io.lamella.openflow.Header;
import io.lamella.openflow.Message;
import io.lamella.openflow.OpenFlowException;
import io.lamella.openflow.Version;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, with bounded buffers: what cannot be taken is not read, and a peer that does not read what it must is
 * cut off. For its loop's thread.
 */
final class Wire implements Loop.Ready {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    /** From so many bytes that wait to be written on, who makes more of them has to wait. */
    static final int HIGH = 256 << 10;

    private static final int LOW = 64 << 10;
    /** The statistics of some hundred thousand flows go at once, so the bound is well above. */
    private static final int MOST = 32 << 20;

    private static final int HELLO = 0;
    private static final int LITTLE = 4 << 10;
    private static final int FIRST = 2 * (Header.MAX_LENGTH + 1);

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long PROBE = Duration.ofSeconds(5).toNanos();
    private static final long GIVE_UP = Duration.ofSeconds(15).toNanos();

    /** Who talks over the wire. */
    interface Talker {
        /** One whole message, from position to limit. */
        void message(ByteBuffer in);

        /** The peer has said nothing for a while. */
        void silence();

        /** Little waits to be written: who was made to wait may go on. */
        void drained();

        /** The connection has ended. */
        void closed(String why);
    }

    private final Loop loop;
    private final SocketChannel channel;
    private final Talker talker;
    private final SelectionKey key;
    /** A peer that says little costs little. */
    private ByteBuffer in = ByteBuffer.allocate(LITTLE);

    private ByteBuffer out = ByteBuffer.allocate(FIRST);
    private long heard = System.nanoTime();
    private boolean probed;
    private boolean begun;
    private boolean paused;
    private boolean full;
    private boolean open = true;

    Wire(Loop loop, SocketChannel channel, Talker talker) throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.talker = talker;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = loop.register(channel, SelectionKey.OP_READ, this);
        loop.after(TICK, this::tick);
    }

    boolean open() {
        return open;
    }

    /** How many bytes wait to be written. */
    int waiting() {
        return out.position();
    }

    boolean congested() {
        return waiting() > HIGH;
    }

    /** Appends a message; the peer that has too many waiting is cut off. */
    void send(Version version, int xid, Message message) {
        if (!open) {
            return;
        }
        if (out.remaining() <= Header.MAX_LENGTH) {
            if (out.capacity() >= MOST) {
                close("it takes no bytes");
                return;
            }
            out = ByteBuffer.allocate(2 * out.capacity()).put(out.flip());
        }
        version.encode(xid, message, out);
        full |= congested();
        loop.flushLater(this);
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isWritable()) {
            flush();
        }
        if (open && ready.isReadable()) {
            if (channel.read(in) < 0) {
                close("it has closed the connection");
                return;
            }
            messages();
        }
    }

    private void messages() {
        in.flip();
        try {
            // What is no OpenFlow may name a length that is long in coming.
            if (!begun && in.remaining() >= 2 && Header.type(in, in.position()) != HELLO) {
                close("it did not begin with a greeting");
            }
            while (open && !paused && Header.complete(in)) {
                int limit = in.limit();
                int end = in.position() + Header.length(in, in.position());
                heard = System.nanoTime();
                probed = false;
                begun = true;
                in.limit(end);
                talker.message(in);
                in.limit(limit).position(end);
            }
        } catch (OpenFlowException e) {
            close(String.valueOf(e.getMessage()));
        }
        in.compact();
        if (!in.hasRemaining() && !paused) {
            in = ByteBuffer.allocate(FIRST).put(in.flip());
        }
    }

    /** Reads no more until {@link #resume}; may be called from within {@link Talker#message}. */
    void pause() {
        if (open && !paused) {
            paused = true;
            interest();
        }
    }

    void resume() {
        if (open && paused) {
            paused = false;
            loop.execute(() -> {
                if (open) {
                    messages();
                    interest();
                }
            });
        }
    }

    boolean paused() {
        return paused;
    }

    private void interest() {
        if (key.isValid()) {
            key.interestOps((paused ? 0 : SelectionKey.OP_READ) | (waiting() > 0 ? SelectionKey.OP_WRITE : 0));
        }
    }

    void flush() throws IOException {
        if (!open) {
            return;
        }
        if (waiting() > 0) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        if (waiting() == 0 && out.capacity() > FIRST) {
            out = ByteBuffer.allocate(FIRST);
        }
        interest();
        if (full && waiting() < LOW) {
            full = false;
            talker.drained();
        }
    }

    /** Who is silent is asked; who stays silent, or has been in the middle of a message for so long, is cut off. */
    private void tick() {
        if (!open) {
            return;
        }
        long silent = System.nanoTime() - heard;
        if (paused) {
            heard = System.nanoTime(); // it is we who do not listen
        } else if (silent > GIVE_UP) {
            close("it has said nothing for " + Duration.ofNanos(GIVE_UP).toSeconds() + " seconds");
            return;
        } else if (silent > PROBE && !probed) {
            probed = true;
            talker.silence();
        }
        loop.after(TICK, this::tick);
    }

    @Override
    public void failed(Exception reason) {
        if (!(reason instanceof IOException)) {
            LOG.error("a defect; this connection is closed", reason);
        }
        close(reason.getMessage() == null ? reason.toString() : reason.getMessage());
    }

    /** Closes the connection after what can be written at once. */
    void close(String why) {
        if (!open) {
            return;
        }
        try {
            out.flip();
            channel.write(out);
            out.clear();
        } catch (IOException e) {
            LOG.debug("the last words were not taken", e);
        }
        open = false;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
        talker.closed(why);
    }
}
