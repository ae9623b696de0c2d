package io.lamella.backend.xen;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import io.lamella.guest.AgentControl;
import io.lamella.guest.AgentSession;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** The connection to the agent in one running domain. Any thread. */
final class Machine implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Unit unit;
    private final int domain;
    private final AgentControl agent;
    private final Channels channels = new Channels();

    private Machine(Unit unit, int domain, AgentControl agent) {
        this.unit = unit;
        this.domain = domain;
        this.agent = agent;
    }

    static Machine connect(Unit unit, int domain) {
        try {
            return new Machine(unit, domain, new AgentControl(Wires.connect(unit.socket(Channels.CONTROL))));
        } catch (IOException e) {
            throw new XlException("the agent's channel cannot be reached: " + e.getMessage(), e);
        }
    }

    /** The domain's number, which no other has until the next boot of the hypervisor. */
    int domain() {
        return domain;
    }

    AgentControl agent() {
        return agent;
    }

    Session exec(ExecRequest request) {
        return session(request.terminal(), request.columns(), request.rows(), id -> agent.run(id, request));
    }

    /** A program of the agent's own, such as {@code ip}. */
    Session own(String words) {
        return session(false, 0, 0, id -> agent.runOwn(id, words));
    }

    private interface Start {
        void of(String id) throws IOException;
    }

    private Session session(boolean terminal, int columns, int rows, Start start) {
        List<Integer> taken = channels.take(terminal ? 1 : 2);
        // the agent knows from the first two digits which channels they are
        String id = "" + taken.getFirst() + taken.getLast() + HexFormat.of().formatHex(random());
        List<Path> paths = taken.stream().map(unit::socket).toList();
        try {
            Wires wires = new Wires(agent, id, paths, () -> channels.giveBack(taken));
            try {
                start.of(id);
                wires.handshake(PATIENCE);
                return new AgentSession(id, wires, terminal, columns, rows);
            } catch (IOException | RuntimeException e) {
                wires.close();
                throw e;
            }
        } catch (IOException e) {
            throw Refusal.unavailable("the command cannot be started: " + e.getMessage());
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        agent.close();
    }
}
