package io.lamella.flowspace;

import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpaceDivision;
import io.lamella.model.HeaderSpace;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Match;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartReply.PortDescription;
import io.lamella.openflow.OxmField;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/**
 * One switch, cut into slices. It knows nothing of connections: messages of both sides come in, and go out by what was
 * given for that. For one thread.
 */
final class SlicedSwitch {
    private static final int NO_FLOOD = 1 << 4;
    private static final int PENDING = 65_536;
    private static final int QUESTIONS = 1024;

    private final Version version;
    private final Message.Features features;
    private final ObjIntConsumer<Message> out;
    private final FlowSpaceDivision division;
    private final Map<Integer, PortDescription> ports = new LinkedHashMap<>();
    private final Map<Integer, Tenant> tenants = new LinkedHashMap<>();
    private final Map<Integer, Pending> pending = new LinkedHashMap<>();
    private int lastXid;
    private int questions;
    private int missLength = -1;

    /** @param out sends a message with a transaction id to the switch */
    SlicedSwitch(
            Version version,
            Message.Features features,
            List<PortDescription> ports,
            FlowSpace flowSpace,
            ObjIntConsumer<Message> out) {
        this.version = version;
        this.features = features;
        this.out = out;
        ports.forEach(p -> this.ports.put(p.port(), p));
        division = FlowSpaceDivision.of(flowSpace, features.datapath());
        for (int s = 0; s < flowSpace.slices().size(); s++) {
            if (division.present(s)) {
                Territory territory = new Territory(division, s, version);
                tenants.put(s, new Tenant(this, flowSpace.slices().get(s), s, territory));
            }
        }
    }

    /** Empties the switch: an entry that nobody here knows of would be nobody's. */
    void begin() {
        FlowEntry all = new FlowEntry(version == Version.V1_0 ? 0 : Ports.ALL_TABLES, 0, 0, Match.ANY, List.of());
        FlowMod clear = new FlowMod(FlowMod.Command.DELETE, all, 0, 0, 0, Ports.NO_BUFFER, Ports.ANY, Ports.ANY, 0);
        send(clear, Optional.empty());
        configure();
    }

    Version version() {
        return version;
    }

    Message.Features features() {
        return features;
    }

    Map<Integer, PortDescription> ports() {
        return ports;
    }

    List<Tenant> tenants() {
        return List.copyOf(tenants.values());
    }

    /** Whether the port is among those that OFPP_FLOOD means. */
    boolean floods(int port) {
        PortDescription p = ports.get(port);
        return p != null && (version == Version.V1_3 || (p.config() & NO_FLOOD) == 0);
    }

    /** Lets the switch send as much of a packet as the slice that wants most of it. */
    void configure() {
        int most = tenants.values().stream().mapToInt(Tenant::missLength).max().orElse(0);
        if (most != missLength) {
            missLength = most;
            send(new Message.SetConfig(0, most), Optional.empty());
        }
    }

    /** Sends to the switch. @param why empty where nobody is told when it fails */
    void send(Message message, Optional<Pending> why) {
        int xid = ++lastXid;
        why.ifPresent(p -> {
            pending.put(xid, p);
            if (pending.size() > PENDING) {
                Iterator<Pending> oldest = pending.values().iterator();
                questions -= oldest.next().isQuestion() ? 1 : 0;
                oldest.remove();
            }
        });
        out.accept(message, xid);
    }

    /** Asks the switch. @throws Refused where too many questions wait for their answers */
    void ask(Message message, Pending why) {
        if (questions >= QUESTIONS) {
            throw new Refused(Fault.TOO_MANY_QUESTIONS);
        }
        questions++;
        send(message, Optional.of(why));
    }

    /** A message of the switch. What it says that makes no sense is passed over. */
    void receive(int xid, Message message) {
        switch (message) {
            case Message.PacketIn m -> packetIn(m);
            case Message.FlowRemoved m -> {
                Tenant t = tenants.get(Tenant.owner(m.entry().cookie()));
                if (t != null) {
                    t.book().removed(m);
                }
            }
            case Message.PortStatus m -> {
                if (m.reason() == Message.PortStatus.DELETED) {
                    ports.remove(m.port().port());
                } else {
                    ports.put(m.port().port(), m.port());
                }
                tenants.values().forEach(t -> t.portStatus(m));
            }
            case Message.Error m -> failed(xid, m);
            default -> answered(xid, message);
        }
    }

    private void packetIn(Message.PacketIn m) {
        int inPort = m.match().field(OxmField.IN_PORT).map(f -> (int) f.low()).orElse(0);
        long tunnel = m.match().field(OxmField.TUNNEL_ID).map(f -> f.low()).orElse(0L);
        HeaderSpace packet = PacketHeaders.of(m.data().buffer(), inPort, version, tunnel);
        for (int slice : division.readers(packet)) {
            Tenant t = tenants.get(slice);
            if (t != null) {
                t.packetIn(m, packet, inPort);
            }
        }
    }

    private void failed(int xid, Message.Error error) {
        Pending p = pending.remove(xid);
        if (p == null) {
            return;
        }
        questions -= p.isQuestion() ? 1 : 0;
        if (p.purpose() instanceof Pending.Change change) {
            p.tenant().failed(p, change.flow(), error);
        } else {
            p.controller().send(p.xid(), new Message.Error(error.type(), error.code(), p.head()));
        }
    }

    private void answered(int xid, Message message) {
        Pending p = pending.get(xid);
        if (p == null || !p.isQuestion()) {
            return;
        }
        boolean more = message instanceof MultipartReply r && r.more();
        if (!more) {
            pending.remove(xid);
            questions--;
        }
        Questions asker = new Questions(this, p.tenant(), p.controller(), p.xid(), p.head());
        try {
            switch (p.purpose()) {
                case Pending.Count count -> {
                    if (message instanceof MultipartReply.Flows flows) {
                        Questions.counted(count, flows);
                        if (!more) {
                            asker.answer(count);
                        }
                    }
                }
                case Pending.Tables tables -> {
                    if (message instanceof MultipartReply.Tables reply) {
                        asker.answer(tables, reply);
                    }
                }
                default ->
                    p.controller()
                            .send(p.xid(), Questions.visible(message, p.tenant().territory()));
            }
        } catch (Refused e) {
            p.tenant().refuse(p.controller(), p.xid(), e.fault(), p.head());
        }
    }

    /** Forgets a controller that is gone: whatever is answered to it goes nowhere. */
    void detach(Tenant tenant, Controller controller) {
        tenant.detach(controller);
        List<Integer> gone = new ArrayList<>();
        pending.forEach((xid, p) -> {
            if (p.controller() == controller && p.isQuestion()) {
                gone.add(xid);
            }
        });
        gone.forEach(pending::remove);
        questions -= gone.size();
    }
}
