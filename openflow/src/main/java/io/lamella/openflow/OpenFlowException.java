package io.lamella.openflow;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no OpenFlow, a switch that cannot be reached or does not answer in time, or a request that a switch
 * refused.
 */
public final class OpenFlowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Message.@Nullable Error error;
    private final transient @Nullable FlowMod flowMod;

    private OpenFlowException(
            String message, @Nullable Throwable cause, Message.@Nullable Error error, @Nullable FlowMod flowMod) {
        super(message, cause);
        this.error = error;
        this.flowMod = flowMod;
    }

    static OpenFlowException malformed(String what) {
        return new OpenFlowException("malformed OpenFlow message: " + what, null, null, null);
    }

    static OpenFlowException because(String message) {
        return new OpenFlowException(message, null, null, null);
    }

    static OpenFlowException because(String message, Throwable cause) {
        return new OpenFlowException(message, cause, null, null);
    }

    static OpenFlowException refused(Message.Error error) {
        return new OpenFlowException("the switch refused a request: " + error.reason(), null, error, null);
    }

    static OpenFlowException refused(Message.Error error, FlowMod flowMod) {
        return new OpenFlowException("the switch refused " + flowMod + ": " + error.reason(), null, error, flowMod);
    }

    /** The same for the thread that waits: its own stack, the original as cause. */
    static OpenFlowException again(OpenFlowException original) {
        OpenFlowException copy = new OpenFlowException(
                String.valueOf(original.getMessage()), original, original.error, original.flowMod);
        for (Throwable other : original.getSuppressed()) {
            copy.addSuppressed(other);
        }
        return copy;
    }

    /** What the switch said, where it refused a request. */
    public Optional<Message.Error> error() {
        return Optional.ofNullable(error);
    }

    /** The modification that the switch refused. */
    public Optional<FlowMod> flowMod() {
        return Optional.ofNullable(flowMod);
    }
}
