package io.lamella.systemtest;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Waits for what comes by itself, far longer than it should take. */
final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Eventually() {}

    /** Asks until the answer is yes; a failed question is a no. */
    static void until(String what, Callable<Boolean> question) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        String last = "no";
        while (Instant.now().isBefore(deadline)) {
            try {
                if (question.call()) {
                    return;
                }
                last = "no";
            } catch (Exception | AssertionError e) {
                last = e.toString();
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what + ": " + last);
    }
}
