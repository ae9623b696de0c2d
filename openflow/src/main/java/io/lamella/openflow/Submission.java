package io.lamella.openflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Modifications on their way to a switch. Later submissions through the same client take effect after this one. */
public final class Submission {
    private final Connection connection;
    private final List<Integer> covered = new ArrayList<>();
    private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    private @Nullable OpenFlowException refusal;

    Submission(Connection connection) {
        this.connection = connection;
    }

    /**
     * Waits until the switch has carried out all modifications.
     *
     * @throws OpenFlowException naming the first modification that the switch refused, the others as suppressed
     *     exceptions; or if the connection is lost or no answer comes in time, and it is unknown what was carried out
     */
    public void await() {
        get(outcome, connection);
    }

    void covers(int xid) {
        covered.add(xid);
    }

    List<Integer> covered() {
        return covered;
    }

    /** Called by the reading thread only, as is {@link #done}. */
    void refused(Message.Error error, FlowMod mod) {
        OpenFlowException next = OpenFlowException.refused(error, mod);
        if (refusal == null) {
            refusal = next;
        } else {
            refusal.addSuppressed(next);
        }
    }

    void done() {
        if (refusal == null) {
            outcome.complete(true);
        } else {
            outcome.completeExceptionally(refusal);
        }
    }

    void failed(OpenFlowException reason) {
        outcome.completeExceptionally(reason);
    }

    /** Waits for what arrives on {@code connection}, and ends the connection when it does not arrive in time. */
    static <T> T get(CompletableFuture<T> future, Connection connection) {
        try {
            return future.get(connection.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof OpenFlowException reason
                    ? OpenFlowException.again(reason)
                    : OpenFlowException.because("waiting for the switch", e);
        } catch (TimeoutException e) {
            OpenFlowException late = OpenFlowException.because(
                    "the switch has not answered within " + connection.timeout().toMillis() + " ms");
            connection.fail(late);
            throw late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OpenFlowException.because("interrupted while waiting for the switch", e);
        }
    }
}
