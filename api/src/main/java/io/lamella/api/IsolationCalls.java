package io.lamella.api;

import io.lamella.compute.Isolation;
import io.lamella.model.GateRequest;
import io.lamella.model.IsolationRequest;
import java.io.IOException;

/** CPUs that are kept free of everything else. */
final class IsolationCalls {
    private final Isolation isolation;

    IsolationCalls(Isolation isolation) {
        this.isolation = isolation;
    }

    Reply plan(Call call) throws IOException {
        return Reply.ok(isolation.plan(call.body(IsolationRequest.class)));
    }

    Reply apply(Call call) throws IOException {
        return Reply.ok(isolation.apply(call.body(IsolationRequest.class)));
    }

    Reply verify(Call call) {
        return Reply.ok(isolation.verify());
    }

    Reply undo(Call call) {
        return Reply.ok(isolation.undo());
    }

    Reply gate(Call call) throws IOException {
        return Reply.ok(isolation.gate(call.body(GateRequest.class)));
    }

    Reply bootParameters(Call call) throws IOException {
        return Reply.ok(isolation.bootParameters(call.body(IsolationRequest.class)));
    }
}
