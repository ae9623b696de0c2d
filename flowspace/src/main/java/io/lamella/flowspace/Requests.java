package io.lamella.flowspace;

import io.lamella.model.HeaderSpace;
import io.lamella.openflow.Action;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.FlowEntry;
import io.lamella.openflow.FlowMod;
import io.lamella.openflow.Instruction;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.Ports;
import io.lamella.openflow.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One message of a controller: carried out within its slice, or refused. Nothing reaches the switch that is not made here
 * from what was understood.
 */
final class Requests {
    private static final int ERROR = 1;
    private static final int QUEUE_CONFIG_13 = 22;
    private static final int ROLE_REQUEST = 24;
    private static final int ROLE_REPLY = 25;
    private static final int GET_ASYNC_REQUEST = 26;
    private static final int GET_ASYNC_REPLY = 27;
    private static final int SET_ASYNC = 28;
    private static final int EXPERIMENTER = 4;
    private static final int FLAGS = 31;
    private static final int FLAGS_10 = 3;

    private final SlicedSwitch at;
    private final Tenant tenant;
    private final Controller from;
    private final int xid;
    private final Bytes head;

    Requests(SlicedSwitch at, Tenant tenant, Controller from, int xid, Bytes head) {
        this.at = at;
        this.tenant = tenant;
        this.from = from;
        this.xid = xid;
        this.head = head;
    }

    private void answer(Message message) {
        from.send(xid, message);
    }

    private void ask(Message request, Pending.Purpose purpose) {
        at.ask(request, new Pending(tenant, from, xid, head, purpose));
    }

    /** @throws Refused which is to be answered with its error */
    void handle(Message message) {
        switch (message) {
            case Message.EchoRequest m -> answer(new Message.EchoReply(m.data()));
            case Message.EchoReply m -> {}
            case Message.Hello m -> {}
            case Message.Error m -> {}
            case Message.FeaturesRequest m -> features();
            case Message.GetConfigRequest m -> answer(new Message.Config(0, tenant.missLength()));
            case Message.SetConfig m -> configure(m);
            case Message.BarrierRequest m -> ask(m, new Pending.Relay());
            case Message.PacketOut m -> packetOut(m);
            case FlowMod m -> flowMod(m);
            case MultipartRequest m -> new Questions(at, tenant, from, xid, head).handle(m);
            case Message.Other m -> other(m);
            case Message.Features m -> throw new Refused(Fault.BAD_TYPE);
            case Message.Config m -> throw new Refused(Fault.BAD_TYPE);
            case Message.PacketIn m -> throw new Refused(Fault.BAD_TYPE);
            case Message.FlowRemoved m -> throw new Refused(Fault.BAD_TYPE);
            case Message.PortStatus m -> throw new Refused(Fault.BAD_TYPE);
            case Message.BarrierReply m -> throw new Refused(Fault.BAD_TYPE);
            case MultipartReply m -> throw new Refused(Fault.BAD_TYPE);
        }
    }

    private void features() {
        Message.Features f = at.features();
        answer(new Message.Features(
                f.datapath(),
                f.buffers(),
                f.tables(),
                0,
                f.capabilities(),
                f.actions(),
                at.version() == Version.V1_0 ? tenant.ports() : List.of()));
    }

    private void configure(Message.SetConfig m) {
        master();
        if (m.flags() != 0) { // how fragments are treated concerns every slice
            throw new Refused(Fault.CONFIG_NOT_PERMITTED);
        }
        tenant.missLength(m.missLength());
        at.configure();
    }

    /** A slave changes nothing (section 6.3.5). */
    private void master() {
        if (from.role() == Controller.SLAVE) {
            throw new Refused(Fault.IS_SLAVE);
        }
    }

    private void packetOut(Message.PacketOut m) {
        master();
        int inPort = m.inPort();
        HeaderSpace packet;
        if (m.buffer() == Ports.NO_BUFFER) {
            boolean somewhere = Integer.compareUnsigned(inPort, Ports.MAX) > 0 && inPort != Ports.LOCAL || inPort == 0;
            packet = PacketHeaders.of(m.data().buffer(), somewhere ? 0 : inPort, at.version(), 0);
        } else {
            Tenant.Buffered buffered = tenant.buffer(m.buffer());
            packet = buffered.packet();
            inPort = buffered.inPort();
        }
        if (!tenant.territory().writesAny(packet)) {
            throw new Refused(Fault.ACTION_NOT_PERMITTED);
        }
        boolean tables = tenant.territory().writesAll(packet);
        List<Action> actions = tenant.rules().list(tenant.territory().within(packet), m.actions(), tables);
        at.send(
                new Message.PacketOut(m.buffer(), inPort, actions, m.data()),
                Optional.of(new Pending(tenant, from, xid, head, new Pending.Deed())));
    }

    private void flowMod(FlowMod asked) {
        master();
        int flags = at.version() == Version.V1_0 ? FLAGS_10 : FLAGS;
        if ((asked.flags() & ~flags) != 0) {
            throw new Refused(Fault.BAD_FLAGS);
        }
        boolean delete = asked.command() == FlowMod.Command.DELETE || asked.command() == FlowMod.Command.DELETE_STRICT;
        FlowEntry entry = asked.entry();
        boolean all = delete && entry.table() == Ports.ALL_TABLES;
        if (at.version() == Version.V1_3 && entry.table() >= at.features().tables() && !all) {
            throw new Refused(Fault.FLOW_BAD_TABLE);
        }
        FlowMod mod = Tenant.normal(asked, Conditions.normal(entry.match()));
        switch (mod.command()) {
            case ADD -> add(mod);
            case MODIFY, MODIFY_STRICT -> modify(mod);
            case DELETE, DELETE_STRICT ->
                tenant.book().matching(mod, tenant.pattern(mod.entry().match())).forEach(tenant.book()::delete);
        }
    }

    private void add(FlowMod mod) {
        Optional<Tenant.Buffered> buffered =
                mod.buffer() == Ports.NO_BUFFER ? Optional.empty() : Optional.of(tenant.buffer(mod.buffer()));
        SliceFlow flow = tenant.flow(mod);
        tenant.book().add(flow, tenant.territory().entries(mod.entry().match(), flow.packets));
        buffered.ifPresent(b -> release(mod.buffer(), b));
    }

    /** A buffered packet goes through the tables as they are now (section 7.3.4.1), so it is checked there. */
    private void release(int buffer, Tenant.Buffered b) {
        if (tenant.territory().writesAll(b.packet())) {
            at.send(
                    new Message.PacketOut(buffer, b.inPort(), List.of(new Action.Output(Ports.TABLE)), Bytes.EMPTY),
                    Optional.of(new Pending(tenant, from, xid, head, new Pending.Deed())));
        }
    }

    private void modify(FlowMod mod) {
        List<SliceFlow> found =
                tenant.book().matching(mod, tenant.pattern(mod.entry().match()));
        if (found.isEmpty() && at.version() == Version.V1_0) { // section 4.6 of 1.0: then it is an addition
            add(mod);
            return;
        }
        FlowEntry wanted = mod.entry();
        List<FlowEntry> entries = new ArrayList<>();
        List<List<Instruction>> sent = new ArrayList<>();
        for (SliceFlow f : found) { // all are checked before any is changed
            FlowEntry is = f.entry();
            long cookie = at.version() == Version.V1_0 ? wanted.cookie() : is.cookie();
            sent.add(tenant.rules().instructions(f.packets, is.table(), wanted.instructions()));
            entries.add(new FlowEntry(is.table(), is.priority(), cookie, is.match(), wanted.instructions()));
        }
        for (int i = 0; i < found.size(); i++) {
            tenant.book().modify(found.get(i), entries.get(i), sent.get(i));
        }
    }

    private void other(Message.Other m) {
        if (m.type() == EXPERIMENTER) {
            throw new Refused(Fault.BAD_EXPERIMENTER);
        }
        if (at.version() == Version.V1_0) {
            switch (m.type()) {
                case 15 -> throw new Refused(Fault.PORT_MOD_NOT_PERMITTED);
                case 20 -> throw new Refused(Fault.QUEUE_NOT_PERMITTED);
                default -> throw new Refused(Fault.BAD_TYPE);
            }
        }
        switch (m.type()) {
            case 15 -> throw new Refused(Fault.GROUP_NOT_PERMITTED);
            case 16 -> throw new Refused(Fault.PORT_MOD_NOT_PERMITTED);
            case 17 -> throw new Refused(Fault.TABLE_MOD_NOT_PERMITTED);
            case 29 -> throw new Refused(Fault.METER_UNKNOWN);
            case QUEUE_CONFIG_13 -> {
                if (m.body().length() != 8) {
                    throw new Refused(Fault.BAD_LENGTH);
                }
                if (!tenant.territory().hasPort(m.body().buffer().getInt())) {
                    throw new Refused(Fault.QUEUE_NOT_PERMITTED);
                }
                ask(m, new Pending.Relay());
            }
            case ROLE_REQUEST ->
                answer(new Message.Other(ROLE_REPLY, tenant.roles().request(from, m.body())));
            case GET_ASYNC_REQUEST -> answer(new Message.Other(GET_ASYNC_REPLY, from.asynchronous()));
            case SET_ASYNC -> from.asynchronous(m.body());
            case ERROR -> {}
            default -> throw new Refused(Fault.BAD_TYPE);
        }
    }
}
