package io.lamella.backend.kvm;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The connections to one running QEMU. Any thread. */
final class Machine implements AutoCloseable {
    private final int pid;
    private final Qmp qmp;
    private final Agent agent;

    private Machine(int pid, Qmp qmp, Agent agent) {
        this.pid = pid;
        this.qmp = qmp;
        this.agent = agent;
    }

    /** Connects to the QEMU of this number, which holds nothing of an earlier daemon's commands afterwards. */
    static Machine connect(Unit unit, int pid) {
        Qmp qmp = Qmp.connect(unit.socket("qmp"));
        try {
            // only machines of disk images are given a seed
            Agent agent = Files.exists(unit.seed()) ? new QemuAgent(unit, qmp) : new LamellaAgent(unit, qmp);
            agent.forgetSessions();
            return new Machine(pid, qmp, agent);
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

    Agent agent() {
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

    @Override
    public void close() {
        agent.close();
        qmp.close();
    }
}
