package io.lamella.backend.kvm;

import io.lamella.compute.Backend.ExecRequest;
import io.lamella.compute.Session;
import io.lamella.guest.AgentControl;
import io.lamella.guest.AgentSession;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The connections to one running QEMU. Any thread. */
final class Machine implements AutoCloseable {
    /** Beyond guessing, and short enough for the name of a socket. */
    private static final int ID_BYTES = 8;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Unit unit;
    private final int pid;
    private final Qmp qmp;
    private final AgentControl agent;

    private Machine(Unit unit, int pid, Qmp qmp, AgentControl agent) {
        this.unit = unit;
        this.pid = pid;
        this.qmp = qmp;
        this.agent = agent;
    }

    /** Connects to the QEMU of this number, which holds nothing of an earlier daemon's commands afterwards. */
    static Machine connect(Unit unit, int pid) {
        Qmp qmp = Qmp.connect(unit.socket("qmp"));
        try {
            Machine machine = new Machine(unit, pid, qmp, new AgentControl(channel(unit.socket("control"))));
            machine.forgetSessions();
            return machine;
        } catch (IOException e) {
            qmp.close();
            throw new QmpException("the agent's channel cannot be reached: " + e.getMessage(), e);
        } catch (QmpException e) {
            qmp.close();
            throw e;
        }
    }

    static SocketChannel channel(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int pid() {
        return pid;
    }

    Qmp qmp() {
        return qmp;
    }

    AgentControl agent() {
        return agent;
    }

    /** QEMU's word for what it does: {@code running}, {@code paused}, ... (QMP query-status). */
    String status() {
        return QmpMessage.object(qmp.execute("query-status", Map.of()))
                .map(answer -> String.valueOf(answer.get("status")))
                .orElse("");
    }

    /** The host's threads that carry out the virtual CPUs, by their number. */
    List<Integer> cpuThreads() {
        return QmpMessage.objects(qmp.execute("query-cpus-fast", Map.of())).stream()
                .flatMap(cpu -> cpu.get("thread-id") instanceof Number n ? Stream.of(n.intValue()) : Stream.empty())
                .toList();
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
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        Wires wires = new Wires(this, unit, id, terminal ? List.of("in") : List.of("in", "out", "err"));
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

    /** Takes away the channels of commands whose daemon has gone. */
    private void forgetSessions() {
        for (Map<String, Object> device : QmpMessage.objects(qmp.execute("query-chardev", Map.of()))) {
            if (device.get("label") instanceof String label && label.startsWith(Wires.PREFIX)) {
                Wires.remove(this, unit, label);
            }
        }
    }

    @Override
    public void close() {
        agent.close();
        qmp.close();
    }
}
