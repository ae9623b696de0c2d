package io.lamella.backend.kvm;

import io.lamella.guest.AgentControl;
import io.lamella.guest.AgentSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channels of one command, plugged into the machine for it: virtio serial ports behind Unix sockets. */
final class Wires implements AgentSession.Wires {
    static final String PREFIX = "s-";

    private static final Logger LOG = LoggerFactory.getLogger(Wires.class);
    private static final int PATIENCE = 100;
    private static final long PAUSE_MILLIS = 20;

    private final Qmp qmp;
    private final AgentControl control;
    private final Unit unit;
    private final String id;
    private final List<String> names;
    private final Map<String, SocketChannel> sockets = new LinkedHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Wires(Qmp qmp, AgentControl control, Unit unit, String id, List<String> names) {
        this.qmp = qmp;
        this.control = control;
        this.unit = unit;
        this.id = id;
        this.names = names;
    }

    void open() throws IOException {
        for (String name : names) {
            String label = label(name);
            qmp.execute(
                    "chardev-add",
                    Map.of(
                            "id",
                            label,
                            "backend",
                            Map.of(
                                    "type",
                                    "socket",
                                    "data",
                                    Map.of(
                                            "server",
                                            true,
                                            "wait",
                                            false,
                                            "addr",
                                            Map.of(
                                                    "type",
                                                    "unix",
                                                    "data",
                                                    Map.of(
                                                            "path",
                                                            unit.socket(label).toString()))))));
            sockets.put(name, Machine.channel(unit.socket(label)));
            qmp.execute(
                    "device_add",
                    Map.of(
                            "driver",
                            "virtserialport",
                            "bus",
                            "channels.0",
                            "id",
                            label,
                            "chardev",
                            label,
                            "name",
                            "lamella." + id + "." + name));
        }
    }

    private String label(String name) {
        return PREFIX + id + "." + name;
    }

    private SocketChannel socket(String name) {
        SocketChannel socket = sockets.get(name);
        if (socket == null) {
            throw new IllegalStateException(name);
        }
        return socket;
    }

    @Override
    public OutputStream in() {
        return Channels.newOutputStream(socket("in"));
    }

    @Override
    public InputStream out() {
        return Channels.newInputStream(socket(names.size() == 1 ? "in" : "out"));
    }

    @Override
    public InputStream err() {
        return Channels.newInputStream(socket("err"));
    }

    @Override
    public void kill() {
        try {
            control.kill(id);
        } catch (IOException e) {
            LOG.debug("the agent of {} does not listen", unit.name(), e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            for (SocketChannel socket : sockets.values()) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            Thread.ofVirtual()
                    .name("unplug-" + id)
                    .start(() -> new ArrayList<>(names).forEach(name -> remove(qmp, unit, label(name))));
        }
    }

    /** Unplugs a channel. QEMU lets go of the socket some time after the port. */
    static void remove(Qmp qmp, Unit unit, String label) {
        try {
            qmp.execute("device_del", Map.of("id", label));
        } catch (QmpException e) {
            LOG.debug("there is no port {}", label, e);
        }
        for (int i = 0; i < PATIENCE && !qmp.ended(); i++) {
            try {
                qmp.execute("chardev-remove", Map.of("id", label));
                Files.deleteIfExists(unit.socket(label));
                return;
            } catch (QmpException e) {
                if (!String.valueOf(e.getMessage()).contains("busy")) {
                    return;
                }
            } catch (IOException e) {
                return; // the directory goes with the machine
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
