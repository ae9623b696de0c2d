package io.lamella.guest;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a guest to come up, no longer than it lives. */
public final class Boot {
    private static final long PAUSE_MILLIS = 50;

    private Boot() {}

    /** Waits for the guest's word on a channel; fails where the channel ends. */
    public interface Word {
        void await() throws IOException;
    }

    /**
     * Returns when the guest has given its word; refuses one that ends before, or takes too long.
     *
     * @param guest what the refusal calls it, such as {@code the machine}
     * @param cut ends the channel, and with it the wait; called from another thread
     * @param lastWords what the guest printed at last, as a sentence's end
     */
    public static void await(
            String guest,
            Duration patience,
            BooleanSupplier lives,
            Word word,
            Runnable cut,
            Supplier<String> lastWords) {
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                long deadline = System.nanoTime() + patience.toNanos();
                while (System.nanoTime() - deadline < 0 && lives.getAsBoolean()) {
                    Thread.sleep(PAUSE_MILLIS);
                }
                cut.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            word.await();
        } catch (IOException e) {
            throw Refusal.conflict(
                    "instance",
                    guest + (lives.getAsBoolean() ? " did not come up" : " ended while it came up") + lastWords.get());
        } finally {
            guard.interrupt();
        }
    }
}
