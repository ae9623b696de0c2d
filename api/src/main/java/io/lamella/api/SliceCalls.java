package io.lamella.api;

import io.lamella.compute.Slices;
import io.lamella.model.Refusal;
import io.lamella.model.SliceSpec;
import io.lamella.model.SliceView;
import java.io.IOException;

/** Slices. A slice's own token may look at it, but not at its own share: that is the node's to give. */
final class SliceCalls {
    private final Slices slices;
    private final Tokens tokens;

    SliceCalls(Slices slices, Tokens tokens) {
        this.slices = slices;
        this.tokens = tokens;
    }

    Reply list(Call call) {
        return Reply.ok(slices.list().stream()
                .filter(slice -> call.caller().sees(slice.name()))
                .toList());
    }

    Reply get(Call call) {
        return Reply.ok(slices.get(call.path("slice")));
    }

    Reply create(Call call) throws IOException {
        SliceView made = slices.create(call.body(SliceSpec.class));
        return Reply.created(made, "/slices/" + made.name());
    }

    Reply update(Call call) throws IOException {
        SliceSpec spec = call.body(SliceSpec.class);
        if (!spec.name().equals(call.path("slice"))) {
            throw Refusal.invalid("name", spec.name(), "\"" + call.path("slice") + "\", as in the path");
        }
        return Reply.ok(slices.update(spec));
    }

    Reply delete(Call call) {
        slices.delete(call.path("slice"), call.query().flag("force"));
        tokens.forgetSlicesGone();
        return new Reply.Done();
    }
}
