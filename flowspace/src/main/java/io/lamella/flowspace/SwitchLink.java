package io.lamella.flowspace;

import io.lamella.openflow.Bytes;
import io.lamella.openflow.Header;
import io.lamella.openflow.Message;
import io.lamella.openflow.MultipartReply;
import io.lamella.openflow.MultipartRequest;
import io.lamella.openflow.OpenFlow10;
import io.lamella.openflow.OpenFlow13;
import io.lamella.openflow.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A switch's connection from greeting to end, and with it the connections to the controllers of its slices. */
final class SwitchLink implements Wire.Talker {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchLink.class);

    private static final Message.Hello HELLO =
            new Message.Hello(OpenFlow13.VERSION, 1 << OpenFlow10.VERSION | 1 << OpenFlow13.VERSION);
    private static final int HELLO_FAILED = 0;
    private static final int MOST_PORTS = 65_536;

    private final Proxy proxy;
    private final Loop loop;
    private final Wire wire;
    private final List<MultipartReply.PortDescription> ports = new ArrayList<>();
    private final List<ControllerLink> controllers = new ArrayList<>();
    private final Set<ControllerLink> held = new HashSet<>();
    private Optional<Version> version = Optional.empty();
    private Optional<Message.Features> features = Optional.empty();
    private Optional<SlicedSwitch> sliced = Optional.empty();

    SwitchLink(Proxy proxy, Loop loop, SocketChannel channel) throws IOException {
        this.proxy = proxy;
        this.loop = loop;
        wire = new Wire(loop, channel, this);
        wire.send(Version.V1_3, 0, HELLO);
    }

    Proxy proxy() {
        return proxy;
    }

    Loop loop() {
        return loop;
    }

    Wire wire() {
        return wire;
    }

    private void send(Message message) {
        wire.send(version.orElse(Version.V1_3), 0, message);
    }

    @Override
    public void message(ByteBuffer in) {
        int xid = Header.xid(in, in.position());
        if (version.isEmpty()) {
            greeted(OpenFlow13.decode(in));
            return;
        }
        Message message = version.get().decode(in);
        switch (message) {
            case Message.EchoRequest echo -> wire.send(version.get(), xid, new Message.EchoReply(echo.data()));
            case Message.EchoReply echo -> {}
            case Message.Features f when sliced.isEmpty() -> known(f);
            case MultipartReply.PortDescriptions r
            when sliced.isEmpty() -> {
                ports.addAll(r.ports());
                if (ports.size() > MOST_PORTS) {
                    wire.close("it names too many ports");
                } else if (!r.more()) {
                    begin();
                }
            }
            default -> sliced.ifPresent(s -> s.receive(xid, message));
        }
    }

    private void greeted(Message message) {
        if (!(message instanceof Message.Hello hello)) {
            wire.close("it did not begin with a greeting");
            return;
        }
        version = HELLO.agree(hello).stream()
                .boxed()
                .flatMap(v -> Version.of(v).stream())
                .findFirst();
        if (version.isEmpty()) {
            wire.send(Version.V1_3, 0, new Message.Error(HELLO_FAILED, 0, Bytes.EMPTY));
            wire.close("it speaks neither OpenFlow 1.0 nor 1.3");
            return;
        }
        send(new Message.FeaturesRequest());
    }

    private void known(Message.Features f) {
        if (features.isPresent()) {
            return;
        }
        if (f.auxiliary() != 0) {
            wire.close("auxiliary connections are not taken");
            return;
        }
        if (!proxy.claim(f.datapath(), this)) {
            wire.close("a switch with the datapath id " + id(f) + " is connected already");
            return;
        }
        features = Optional.of(f);
        if (version.orElseThrow() == Version.V1_0) {
            ports.addAll(f.ports());
            begin();
        } else {
            send(new MultipartRequest.PortDescriptions());
        }
    }

    private static String id(Message.Features f) {
        return "%016x".formatted(f.datapath()).replaceAll("..(?=.)", "$0:");
    }

    private void begin() {
        Version v = version.orElseThrow();
        SlicedSwitch s = new SlicedSwitch(
                v, features.orElseThrow(), ports, proxy.flowSpace(), (message, xid) -> wire.send(v, xid, message));
        sliced = Optional.of(s);
        s.begin();
        LOG.info("switch {}: connected, OpenFlow {}", name(), v == Version.V1_0 ? "1.0" : "1.3");
        for (Tenant t : s.tenants()) {
            for (String address : t.slice().controllers()) {
                controllers.add(new ControllerLink(this, s, t, address));
            }
        }
        controllers.forEach(ControllerLink::connect);
    }

    String name() {
        return features.map(SwitchLink::id).orElse("(unknown)");
    }

    /** Has a controller wait until the switch has taken what waits for it. */
    void hold(ControllerLink controller) {
        held.add(controller);
        controller.hold();
    }

    @Override
    public void drained() {
        List<ControllerLink> waiting = List.copyOf(held);
        held.clear();
        waiting.forEach(ControllerLink::release);
    }

    @Override
    public void silence() {
        send(new Message.EchoRequest(Bytes.EMPTY));
    }

    @Override
    public void closed(String why) {
        LOG.info("switch {}: {}", name(), why);
        features.ifPresent(f -> proxy.release(f.datapath(), this));
        controllers.forEach(ControllerLink::end);
        proxy.gone(this);
    }
}
