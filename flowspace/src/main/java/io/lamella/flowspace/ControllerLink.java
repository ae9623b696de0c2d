package io.lamella.flowspace;

import io.lamella.model.FlowSpaceEndpoint;
import io.lamella.openflow.Bytes;
import io.lamella.openflow.Header;
import io.lamella.openflow.Message;
import io.lamella.openflow.OpenFlow13;
import io.lamella.openflow.OpenFlowException;
import io.lamella.openflow.Version;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection to one controller on behalf of one switch, made again whenever it ends. */
final class ControllerLink implements Wire.Talker, Controller.Line {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerLink.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(4);
    private static final int HEAD = 64;
    private static final int HELLO_FAILED = 0;

    private final SwitchLink from;
    private final SlicedSwitch sliced;
    private final Tenant tenant;
    private final FlowSpaceEndpoint address;
    private final String name;
    private final Version version;
    private final Optional<RateLimit> rate;
    private Controller controller = new Controller(this);
    private Optional<Wire> wire = Optional.empty();
    private Duration pause = FIRST_PAUSE;
    private boolean greeted;
    private boolean ended;
    private long lost;

    ControllerLink(SwitchLink from, SlicedSwitch sliced, Tenant tenant, String address) {
        this.from = from;
        this.sliced = sliced;
        this.tenant = tenant;
        this.address = FlowSpaceEndpoint.parse("controllers", address);
        version = sliced.version();
        rate = tenant.slice().rateLimit().map(RateLimit::new);
        name = "slice " + tenant.slice().name() + ", switch " + from.name() + ", controller " + address;
    }

    /** Names are looked up elsewhere, since that may take long. */
    void connect() {
        Thread.ofVirtual().start(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
            from.loop().execute(() -> open(resolved));
        });
    }

    private void open(InetSocketAddress resolved) {
        if (ended) {
            return;
        }
        SocketChannel channel = null;
        try {
            if (resolved.isUnresolved()) {
                throw new IOException("its name has no address");
            }
            channel = SocketChannel.open();
            SocketChannel opened = channel;
            from.loop().register(channel, SelectionKey.OP_CONNECT, new Loop.Ready() {
                @Override
                public void ready(SelectionKey key) throws IOException {
                    if (opened.finishConnect()) {
                        connected(opened);
                    }
                }

                @Override
                public void failed(Exception reason) {
                    drop(opened);
                    again(String.valueOf(reason.getMessage()));
                }
            });
            if (channel.connect(resolved)) {
                connected(channel);
            }
        } catch (IOException | RuntimeException e) {
            drop(channel);
            again(String.valueOf(e.getMessage()));
        }
    }

    private static void drop(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("closing", e);
        }
    }

    private void connected(SocketChannel channel) throws IOException {
        if (ended) {
            channel.close();
            return;
        }
        controller = new Controller(this);
        greeted = false;
        Wire w = new Wire(from.loop(), channel, this);
        wire = Optional.of(w);
        w.send(version, 0, version == Version.V1_0 ? new Message.Hello(version.wire(), 0) : OpenFlow13.HELLO);
    }

    private void again(String why) {
        LOG.debug("{}: {}", name, why);
        if (ended) {
            return;
        }
        from.loop().after(pause, this::connect);
        pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
    }

    /** The switch is gone: so is this. */
    void end() {
        ended = true;
        wire.ifPresent(w -> w.close("the switch is gone"));
    }

    @Override
    public void message(ByteBuffer in) {
        int xid = Header.xid(in, in.position());
        Bytes head = head(in);
        if (!greeted) {
            greet(in);
            return;
        }
        if (Header.version(in, in.position()) != version.wire()) {
            tenant.refuse(controller, xid, Fault.BAD_VERSION, head);
            return;
        }
        Message message;
        try {
            message = version.decode(in);
        } catch (OpenFlowException e) {
            tenant.refuse(controller, xid, Fault.BAD_LENGTH, head);
            return;
        }
        tenant.receive(controller, xid, message, head);
        if (from.wire().congested()) {
            from.hold(this);
        }
        rate.ifPresent(r -> {
            Duration wait = r.spend();
            if (!wait.isZero()) {
                hold();
                from.loop().after(wait, this::release);
            }
        });
    }

    private static Bytes head(ByteBuffer in) {
        byte[] bytes = new byte[Math.min(HEAD, in.remaining())];
        in.get(in.position(), bytes);
        return Bytes.of(bytes);
    }

    private void greet(ByteBuffer in) {
        Message message = OpenFlow13.decode(in);
        Message.Hello own = new Message.Hello(version.wire(), 1 << version.wire());
        if (!(message instanceof Message.Hello hello)) {
            wire.ifPresent(w -> w.close("it did not begin with a greeting"));
        } else if (own.agree(hello).isEmpty()) {
            send(0, new Message.Error(HELLO_FAILED, 0, Bytes.EMPTY));
            wire.ifPresent(w -> w.close("it does not speak the switch's version of OpenFlow"));
        } else {
            greeted = true;
            pause = FIRST_PAUSE;
            tenant.attach(controller);
            LOG.info("{}: connected", name);
        }
    }

    void hold() {
        wire.ifPresent(Wire::pause);
    }

    void release() {
        wire.ifPresent(Wire::resume);
    }

    @Override
    public void send(int xid, Message message) {
        wire.ifPresent(w -> w.send(version, xid, message));
    }

    @Override
    public void offer(int xid, Message message) {
        if (wire.isPresent() && !wire.get().congested()) {
            wire.get().send(version, xid, message);
        } else {
            lost++;
        }
    }

    @Override
    public void drained() {
        LOG.debug("{}: reads again; {} packet-ins were lost so far", name, lost);
    }

    @Override
    public void silence() {
        send(0, new Message.EchoRequest(Bytes.EMPTY));
    }

    @Override
    public void closed(String why) {
        wire = Optional.empty();
        if (greeted) {
            LOG.info("{}: {}", name, why);
            sliced.detach(tenant, controller);
        }
        greeted = false;
        again(why);
    }
}
