package io.lamella.backend.kvm;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import io.lamella.model.Ipv4;
import io.lamella.model.Refusal;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The agent that a disk image may have (QEMU Guest Agent Protocol), over a channel that takes one caller at a time. What
 * it says is the guest's word: bounded, and nothing to be trusted.
 */
final class QemuAgent implements Agent {
    static final String CHANNEL = "agent";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Ends what an interrupted caller left in the agent's parser, and marks the answer that is ours. */
    private static final int SENTINEL = 0xff;

    /** No text in JSON is read beyond this; output comes as base64. */
    private static final int LONGEST_TEXT = 1 << 15;

    private static final int LONGEST_SKIPPED = 1 << 22;

    private final Unit unit;
    private final Qmp qmp;

    QemuAgent(Unit unit, Qmp qmp) {
        this.unit = unit;
        this.qmp = qmp;
    }

    /** Nobody can tell when a foreign system has come up. */
    @Override
    public void awaitReady() {}

    @Override
    public Session exec(ExecRequest request) {
        if (request.terminal()) {
            throw Refusal.conflict(
                    "terminal",
                    "QEMU's guest agent gives commands no terminal: run it with --no-terminal, or use the console");
        }
        if (!listens()) {
            throw Refusal.conflict(
                    "instance",
                    "commands need an agent inside, and no qemu-guest-agent runs in this disk image: use the console");
        }
        return new QemuAgentSession(this, request);
    }

    @Override
    public List<String> addresses() {
        List<String> found = new ArrayList<>();
        try {
            if (!listens()) {
                return List.of();
            }
            for (Map<String, Object> device : QmpMessage.objects(execute("guest-network-get-interfaces", Map.of()))) {
                for (Map<String, Object> address : QmpMessage.objects(device.get("ip-addresses"))) {
                    if ("ipv4".equals(address.get("ip-address-type"))) {
                        found.add(Ipv4.parse("address", String.valueOf(address.get("ip-address")))
                                .toString());
                    }
                }
            }
        } catch (QmpException | Refusal e) {
            return List.of();
        }
        found.removeIf(address -> address.startsWith("127."));
        return found;
    }

    /** The machine's power button is pressed as well, and more than asking twice cannot be done. */
    @Override
    public void halt() {}

    @Override
    public void forgetSessions() {}

    /** Whether a program in the guest has opened the channel. */
    private boolean listens() {
        return QmpMessage.objects(qmp.execute("query-chardev", Map.of())).stream()
                .anyMatch(device ->
                        CHANNEL.equals(device.get("label")) && Boolean.TRUE.equals(device.get("frontend-open")));
    }

    /** Carries out one command and returns what it returned. */
    @Nullable
    synchronized Object execute(String command, Map<String, ?> arguments) {
        try (SocketChannel channel = Machine.channel(unit.socket(CHANNEL))) {
            Thread guard = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(PATIENCE);
                    channel.close(); // ends the wait
                } catch (InterruptedException | IOException e) {
                    return; // it was answered
                }
            });
            try {
                InputStream answers = new BufferedInputStream(Channels.newInputStream(channel));
                int id = ThreadLocalRandom.current().nextInt(1 << 30);
                send(channel, SENTINEL, Map.of("execute", "guest-sync-delimited", "arguments", Map.of("id", id)));
                for (int skipped = 0, b = answers.read(); b != SENTINEL; b = answers.read()) {
                    if (b < 0 || ++skipped > LONGEST_SKIPPED) {
                        throw new QmpException("the guest agent does not answer");
                    }
                }
                if (!(value(line(answers)) instanceof Number number) || number.longValue() != id) {
                    throw new QmpException("the guest agent answers what nobody asked");
                }
                send(channel, -1, Map.of("execute", command, "arguments", arguments));
                return value(line(answers));
            } finally {
                guard.interrupt();
            }
        } catch (IOException e) {
            throw new QmpException("the guest agent does not answer", e);
        }
    }

    private static void send(SocketChannel channel, int before, Map<String, Object> command) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (before >= 0) {
            bytes.write(before);
        }
        bytes.writeBytes((QmpMessage.write(command) + "\n").getBytes(StandardCharsets.UTF_8));
        for (ByteBuffer left = ByteBuffer.wrap(bytes.toByteArray()); left.hasRemaining(); ) {
            channel.write(left);
        }
    }

    private static String line(InputStream answers) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = answers.read(); b != '\n'; b = answers.read()) {
            if (b < 0) {
                throw new QmpException("the guest agent does not answer");
            }
            if (line.size() == QmpMessage.LONGEST) {
                throw new QmpException("the guest agent hands over more than 1 MiB at once");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static @Nullable Object value(String line) {
        QmpMessage message;
        try {
            message = QmpMessage.parse(line);
        } catch (QmpException e) {
            throw line.length() > LONGEST_TEXT
                    ? new QmpException(
                            "the output is more than the 24 KiB that are taken from a guest agent at once", e)
                    : e;
        }
        return switch (message) {
            case QmpMessage.Result result -> result.value();
            case QmpMessage.Failure failure ->
                throw new QmpException(
                        "the guest agent says \"" + failure.description().replaceAll("\\p{Cc}", "?") + "\"");
            default -> throw new QmpException("the guest agent answers what nobody asked");
        };
    }

    @Override
    public void close() {}
}
