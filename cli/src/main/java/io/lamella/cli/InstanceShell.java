package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Runs commands in one instance and keeps what they print. */
final class InstanceShell {
    private final Api api;
    private final Place place;

    InstanceShell(Api api, Place place) {
        this.api = api;
        this.place = place;
    }

    /** A command's outcome; {@code text} is its standard output. */
    record Outcome(int code, String text, String error) {
        boolean ok() {
            return code == 0;
        }
    }

    Place place() {
        return place;
    }

    Outcome run(String... command) {
        StringBuilder query = new StringBuilder();
        for (String word : command) {
            query.append(query.isEmpty() ? "?" : "&").append(Api.query("command", word));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (RemoteSession session = new RemoteSession(api.webSocket(place.instancePath("exec") + query))) {
            session.forward(InputStream.nullInputStream(), (bytes, length) -> length);
            int code = session.await(out, err).orElse(1);
            return new Outcome(
                    code,
                    out.toString(StandardCharsets.UTF_8).strip(),
                    err.toString(StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw Api.broken(e);
        }
    }

    /** Runs it in the background. */
    CompletableFuture<Outcome> start(String... command) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("in " + place).start(() -> {
            try {
                outcome.complete(run(command));
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    /** Runs it and returns its output; a failure of the command ends the demo, because a proof would rest on it. */
    String require(String... command) {
        Outcome outcome = run(command);
        if (!outcome.ok()) {
            throw Failure.failed("in " + place + " \"" + String.join(" ", command) + "\" failed: "
                    + (outcome.error().isEmpty() ? "exit code " + outcome.code() : outcome.error()));
        }
        return outcome.text();
    }

    /** A counter of {@code eth0}, such as {@code rx_packets}, as the kernel reports it inside the instance. */
    long counter(String name) {
        String text = require("cat", "/sys/class/net/eth0/statistics/" + name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Failure.failed("in " + place + " the counter " + name + " is not a number: " + text);
        }
    }
}
