package io.lamella.openflow;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's end of an OpenFlow 1.3 connection that this side opens, such as to Open vSwitch's
 * {@code BRIDGE.mgmt} socket. Connects in the background, connects again with growing pauses when the connection is
 * lost, and answers the switch's echo requests. May be used from any thread; methods that need the switch wait for a
 * connection as long as for an answer.
 */
public final class OpenFlowClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFlowClient.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

    private final SocketAddress address;
    private final Duration timeout;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Connection current;
    private String trouble = "not connected yet";
    private boolean closed;

    /**
     * Starts to connect.
     *
     * @param address a {@link java.net.UnixDomainSocketAddress} or a {@link java.net.InetSocketAddress}
     * @param timeout how long to wait for a connection and for each answer, at least a millisecond. A switch that
     *     takes longer is disconnected
     */
    public OpenFlowClient(SocketAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
        Thread.ofVirtual().name("openflow keep " + address).start(this::keepConnected);
    }

    /**
     * Calls {@code listener} after every connection from the next one on, before which the switch may have lost its
     * flows. It runs on the client's own thread, may use the client, and is called again after a reconnection only.
     */
    public void onConnect(Runnable listener) {
        listeners.add(listener);
    }

    /** What the connected switch is. */
    public Message.Features features() {
        return connection().features();
    }

    /**
     * Carries out modifications in any order and waits until the switch has.
     *
     * @throws OpenFlowException as {@link Submission#await}
     */
    public void send(List<FlowMod> mods) {
        submit(List.of(mods)).await();
    }

    /**
     * Sends groups of modifications, each carried out completely before the next, and does not wait for the switch.
     *
     * @throws OpenFlowException if there is no connection, or a modification is too long for a message
     */
    public Submission submit(List<List<FlowMod>> phases) {
        return connection().submit(phases);
    }

    /** The flow entries that the switch has, after all modifications sent before. */
    public List<FlowStats> flows(MultipartRequest.Flows which) {
        List<FlowStats> flows = new ArrayList<>();
        for (Message part : connection().ask(which)) {
            if (part instanceof MultipartReply.Flows reply) {
                flows.addAll(reply.flows());
            }
        }
        return flows;
    }

    /** The whole answer to {@code request}, one element a message. */
    public List<MultipartReply> ask(MultipartRequest request) {
        return connection().ask(request).stream()
                .map(MultipartReply.class::cast)
                .toList();
    }

    private Connection connection() {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while ((current == null || current.ended()) && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (current == null || current.ended()) {
                throw OpenFlowException.because("no connection to the switch at " + address + ": " + trouble);
            }
            return current;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OpenFlowException.because("interrupted while waiting for a connection to the switch", e);
        } finally {
            lock.unlock();
        }
    }

    private void keepConnected() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try (Connection connection = Connection.open(address, timeout)) {
                if (!publish(connection)) {
                    return;
                }
                LOG.debug("connected to {}", address);
                pause = FIRST_PAUSE;
                listeners.forEach(OpenFlowClient::call);
                lost(connection.awaitEnd());
            } catch (OpenFlowException e) {
                lost(e);
            }
            if (!rest(pause)) {
                return;
            }
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause;
        }
    }

    private static void call(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener to a new connection to the switch failed", e);
        }
    }

    private boolean publish(Connection connection) {
        lock.lock();
        try {
            current = closed ? null : connection;
            changed.signalAll();
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void lost(OpenFlowException reason) {
        lock.lock();
        try {
            LOG.debug("not connected to {}: {}", address, reason.getMessage());
            current = null;
            trouble = String.valueOf(reason.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Waits for {@code pause} and returns whether to go on. */
    private boolean rest(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection; who waits for an answer gets an {@link OpenFlowException}. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            trouble = "the client is closed";
            if (current != null) {
                current.close();
                current = null;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
