package io.lamella.api;

import io.lamella.compute.Operations;
import io.lamella.model.Operation;
import java.time.Duration;

/** Long work in the background. */
final class OperationCalls {
    private static final int MAX_WAIT = 60;

    private final Operations operations;

    OperationCalls(Operations operations) {
        this.operations = operations;
    }

    Reply list(Call call) {
        return Reply.ok(operations.list());
    }

    /** Waits only where the caller has seen all that there is to see. */
    Reply get(Call call) throws InterruptedException {
        Duration wait = Duration.ofSeconds(call.query().number("wait", 0, 0, MAX_WAIT));
        Operation now = operations.get(call.path("operation"));
        boolean seen = call.query().text("seenStep").map(now.step()::equals).orElse(true);
        return Reply.ok(wait.isZero() || !seen ? now : operations.await(now, wait));
    }
}
