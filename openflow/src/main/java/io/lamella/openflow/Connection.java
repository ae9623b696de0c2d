package io.lamella.openflow;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to a switch, from greeting to end. A virtual thread reads, any thread may write. */
final class Connection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final int BUFFER = 2 * (Header.MAX_LENGTH + 1);
    /** Bounds the memory that one answer in several messages may take. */
    private static final int PARTS = 4096;

    /** What waits for a message with its transaction id. */
    private sealed interface Waiting {}

    private record Question(List<Message> parts, CompletableFuture<List<Message>> answer) implements Waiting {}

    private record Sent(FlowMod mod, Submission submission) implements Waiting {}

    private record Barrier(Submission submission, boolean last) implements Waiting {}

    private final SocketChannel channel;
    private final Duration timeout;
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger lastXid = new AtomicInteger();
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final CompletableFuture<Message.Features> features = new CompletableFuture<>();
    private final CompletableFuture<OpenFlowException> end = new CompletableFuture<>();
    private volatile long writeStarted;

    private Connection(SocketChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /** Connects, greets and learns the switch's features. */
    static Connection open(SocketAddress address, Duration timeout) {
        Connection connection = new Connection(connect(address, timeout), timeout);
        try {
            connection.write(connection.nextXid(), OpenFlow13.HELLO);
            Thread.ofVirtual().name("openflow " + address).start(connection::read);
            Thread.ofVirtual().name("openflow watch " + address).start(connection::watch);
            Submission.get(connection.features, connection);
            return connection;
        } catch (OpenFlowException e) {
            connection.fail(e);
            throw e;
        }
    }

    private static SocketChannel connect(SocketAddress address, Duration timeout) {
        try {
            if (address instanceof UnixDomainSocketAddress) {
                return SocketChannel.open(address);
            }
            SocketChannel channel = SocketChannel.open();
            try {
                channel.socket().connect((InetSocketAddress) address, (int) timeout.toMillis());
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                return channel;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw OpenFlowException.because("cannot connect to the switch at " + address + ": " + e.getMessage(), e);
        }
    }

    Duration timeout() {
        return timeout;
    }

    Message.Features features() {
        return features.join();
    }

    boolean ended() {
        return end.isDone();
    }

    /** Waits for the end of this connection and returns its reason. */
    OpenFlowException awaitEnd() {
        return end.join();
    }

    /** Sends a request and waits for its whole answer. */
    List<Message> ask(Message request) {
        int xid = nextXid();
        CompletableFuture<List<Message>> answer = new CompletableFuture<>();
        expect(xid, new Question(new ArrayList<>(1), answer));
        write(xid, request);
        return Submission.get(answer, this);
    }

    /** Writes groups of modifications, each followed by a barrier, and does not wait. */
    Submission submit(List<List<FlowMod>> phases) {
        Submission submission = new Submission(this);
        List<List<FlowMod>> filled =
                phases.stream().filter(phase -> !phase.isEmpty()).toList();
        if (filled.isEmpty()) {
            submission.done();
            return submission;
        }
        writing.lock();
        try {
            for (int i = 0; i < filled.size(); i++) {
                for (FlowMod mod : filled.get(i)) {
                    int xid = nextXid();
                    submission.covers(xid);
                    expect(xid, new Sent(mod, submission));
                    put(xid, mod);
                }
                int xid = nextXid();
                submission.covers(xid);
                expect(xid, new Barrier(submission, i == filled.size() - 1));
                put(xid, new Message.BarrierRequest());
            }
            flush();
        } catch (OpenFlowException e) {
            out.clear();
            forget(submission);
            throw e;
        } finally {
            writing.unlock();
        }
        return submission;
    }

    private void forget(Submission submission) {
        submission.covered().forEach(waiting::remove);
    }

    private void expect(int xid, Waiting what) {
        waiting.put(xid, what);
        if (ended()) {
            waiting.remove(xid);
            throw OpenFlowException.because("the connection to the switch is lost", end.join());
        }
    }

    private int nextXid() {
        return lastXid.incrementAndGet();
    }

    private void write(int xid, Message message) {
        writing.lock();
        try {
            put(xid, message);
            flush();
        } finally {
            writing.unlock();
        }
    }

    private void put(int xid, Message message) {
        if (out.remaining() <= Header.MAX_LENGTH) {
            flush();
        }
        OpenFlow13.encode(xid, message, out);
    }

    private void flush() {
        out.flip();
        writeStarted = System.nanoTime() | 1;
        try {
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException e) {
            OpenFlowException lost = OpenFlowException.because("the connection to the switch is lost", e);
            fail(lost);
            throw lost;
        } finally {
            writeStarted = 0;
            out.clear();
        }
    }

    /** Ends the connection when the switch takes no bytes for too long: a blocked write has no time limit itself. */
    private void watch() {
        while (!ended()) {
            pause();
            long started = writeStarted;
            if (started != 0 && System.nanoTime() - started > timeout.toNanos()) {
                fail(OpenFlowException.because("the switch has taken no bytes for " + timeout.toMillis() + " ms"));
            }
        }
    }

    private void pause() {
        try {
            end.get(timeout.toMillis() / 4 + 1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (channel.read(in) >= 0) {
                in.flip();
                while (Header.complete(in)) {
                    int xid = Header.xid(in, in.position());
                    receive(xid, OpenFlow13.decode(in));
                }
                in.compact();
            }
            fail(OpenFlowException.because("the switch has closed the connection"));
        } catch (IOException e) {
            fail(OpenFlowException.because("the connection to the switch is lost", e));
        } catch (RuntimeException e) {
            fail(OpenFlowException.because("the connection to the switch is given up: " + e.getMessage(), e));
        }
    }

    private void receive(int xid, Message message) {
        switch (message) {
            case Message.Hello hello -> greeted(hello);
            case Message.EchoRequest echo -> write(xid, new Message.EchoReply(echo.data()));
            case Message.Features answer -> features.complete(answer);
            case Message.Error error -> refused(xid, error);
            case Message.BarrierReply reply -> {
                if (waiting.remove(xid) instanceof Barrier barrier && barrier.last()) {
                    forget(barrier.submission());
                    barrier.submission().done();
                }
            }
            case MultipartReply reply -> answered(xid, reply);
            default -> LOG.debug("passed over {}", message);
        }
    }

    private void greeted(Message.Hello hello) {
        OptionalInt version = OpenFlow13.HELLO.agree(hello);
        if (version.isEmpty()) {
            write(nextXid(), new Message.Error(ErrorType.HELLO_FAILED.ordinal(), 0, Bytes.EMPTY));
            throw OpenFlowException.because(
                    "the switch speaks no OpenFlow 1.3: its version on the wire is " + hello.version());
        }
        write(nextXid(), new Message.FeaturesRequest());
    }

    private void refused(int xid, Message.Error error) {
        switch (waiting.remove(xid)) {
            case Sent sent -> sent.submission().refused(error, sent.mod());
            case Question question -> question.answer().completeExceptionally(OpenFlowException.refused(error));
            case Barrier barrier -> barrier.submission().failed(OpenFlowException.refused(error));
            case null -> {
                if (!features.isDone()) {
                    throw OpenFlowException.refused(error);
                }
                LOG.warn("the switch reports {} for an unknown request", error.reason());
            }
        }
    }

    private void answered(int xid, MultipartReply reply) {
        if (!(waiting.get(xid) instanceof Question question)) {
            LOG.debug("an answer that nobody waits for");
            return;
        }
        question.parts().add(reply);
        if (question.parts().size() > PARTS) {
            throw OpenFlowException.because("an answer of more than " + PARTS + " messages");
        }
        if (!reply.more()) {
            waiting.remove(xid);
            question.answer().complete(List.copyOf(question.parts()));
        }
    }

    /** Ends the connection; everybody who waits gets {@code reason}. Only the first call has an effect. */
    void fail(OpenFlowException reason) {
        if (!end.complete(reason)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
        features.completeExceptionally(reason);
        for (Integer xid : List.copyOf(waiting.keySet())) {
            switch (waiting.remove(xid)) {
                case Question question -> question.answer().completeExceptionally(reason);
                case Sent sent -> sent.submission().failed(reason);
                case Barrier barrier -> barrier.submission().failed(reason);
                case null -> {}
            }
        }
    }

    @Override
    public void close() {
        fail(OpenFlowException.because("the connection to the switch was closed"));
    }
}
