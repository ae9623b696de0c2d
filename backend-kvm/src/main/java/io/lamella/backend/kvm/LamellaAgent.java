package io.lamella.backend.kvm;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import io.lamella.guest.AgentControl;
import io.lamella.guest.AgentSession;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Our own agent, which is in every machine that boots a root file system (see {@code agent.sh}). */
final class LamellaAgent implements Agent {
    /** Beyond guessing, and short enough for the name of a socket. */
    private static final int ID_BYTES = 8;

    private static final Duration ADDRESSES = Duration.ofSeconds(5);
    private static final Pattern ADDRESS = Pattern.compile(" inet (\\d+\\.\\d+\\.\\d+\\.\\d+)/");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Unit unit;
    private final Qmp qmp;
    private final AgentControl control;

    LamellaAgent(Unit unit, Qmp qmp) throws IOException {
        this.unit = unit;
        this.qmp = qmp;
        this.control = new AgentControl(Machine.channel(unit.socket("control")));
    }

    @Override
    public void awaitReady() throws IOException {
        control.awaitReady();
    }

    @Override
    public Session exec(ExecRequest request) {
        return session(request.terminal(), request.columns(), request.rows(), id -> control.run(id, request));
    }

    @Override
    public List<String> addresses() {
        try (Session ip = session(false, 0, 0, id -> control.runOwn(id, "ip -o -4 address"))) {
            Thread guard = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(ADDRESSES);
                    ip.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            String text = new String(ip.output().readAllBytes(), StandardCharsets.UTF_8);
            guard.interrupt();
            return ADDRESS.matcher(text)
                    .results()
                    .map((MatchResult m) -> m.group(1))
                    .filter(address -> !address.startsWith("127."))
                    .toList();
        } catch (IOException | Refusal e) {
            return List.of();
        }
    }

    @Override
    public void halt() throws IOException {
        control.halt();
    }

    private interface Start {
        void of(String id) throws IOException;
    }

    private Session session(boolean terminal, int columns, int rows, Start start) {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        Wires wires = new Wires(qmp, control, unit, id, terminal ? List.of("in") : List.of("in", "out", "err"));
        try {
            wires.open();
            start.of(id);
            return new AgentSession(id, wires, terminal, columns, rows);
        } catch (IOException | QmpException e) {
            wires.close();
            throw Refusal.unavailable("the command cannot be started: " + e.getMessage());
        } catch (RuntimeException e) {
            wires.close();
            throw e;
        }
    }

    @Override
    public void forgetSessions() {
        for (Map<String, Object> device : QmpMessage.objects(qmp.execute("query-chardev", Map.of()))) {
            if (device.get("label") instanceof String label && label.startsWith(Wires.PREFIX)) {
                Wires.remove(qmp, unit, label);
            }
        }
    }

    @Override
    public void close() {
        control.close();
    }
}
