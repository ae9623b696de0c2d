package io.lamella.api;

import io.lamella.compute.Events;
import io.lamella.model.Codec;
import io.lamella.model.Event;
import io.lamella.model.Names;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** What happens on the node, as server-sent events (the HTML standard, section 9.2). */
final class EventCalls {
    private static final byte[] HEARTBEAT = {':', '\n', '\n'};

    private final Events events;
    private final Duration heartbeat;

    EventCalls(Events events, Duration heartbeat) {
        this.events = events;
        this.heartbeat = heartbeat;
    }

    Reply stream(Call call) {
        Optional<String> asked = call.query().text("slice").map(slice -> Names.check("slice", slice));
        asked.filter(slice -> !call.caller().sees(slice)).ifPresent(slice -> {
            throw Refusal.forbidden(call.caller().name() + " may not see the events of slice \"" + slice + "\"");
        });
        Optional<String> slice = asked.or(call.caller()::slice);
        return new Reply.Stream(
                "text/event-stream", out -> write(slice, call.caller().slice(), out));
    }

    /** @param confined the slice of the caller: with it the caller's rights end, as its name may become another's */
    private void write(Optional<String> slice, Optional<String> confined, OutputStream out)
            throws IOException, InterruptedException {
        try (Events.Subscription subscription = events.subscribe()) {
            out.write(HEARTBEAT); // with it the headers go out: from here on the client misses nothing
            while (true) {
                boolean last = subscription.closed();
                Optional<Event> event = subscription.next(last ? Duration.ZERO : heartbeat);
                if (event.isEmpty() && last) {
                    return;
                }
                if (event.isEmpty()) {
                    out.write(HEARTBEAT);
                } else if (slice.isEmpty() || slice.get().equals(event.get().slice())) {
                    out.write(("data: " + Codec.write(event.get()) + "\n\n").getBytes(StandardCharsets.UTF_8));
                    if (event.get().type().equals("slice.deleted") && confined.isPresent()) {
                        return;
                    }
                }
            }
        }
    }
}
