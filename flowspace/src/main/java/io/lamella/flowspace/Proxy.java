package io.lamella.flowspace;

import io.lamella.model.FlowSpace;
import io.lamella.model.FlowSpaceCheck;
import io.lamella.model.FlowSpaceEndpoint;
import io.lamella.model.FlowSpaceReport;
import io.lamella.model.FlowSpaceReport.Kind;
import io.lamella.model.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slicing proxy: waits for switches and connects each to the controllers of its slices. A switch and its controllers
 * are one loop's. May be used from any thread.
 */
public final class Proxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
    private static final int MOST_SWITCHES = 1024;

    private final FlowSpace flowSpace;
    private final List<Loop> loops = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Map<Long, SwitchLink> datapaths = new ConcurrentHashMap<>();
    private final Set<SwitchLink> links = ConcurrentHashMap.newKeySet();
    private int accepted;

    /**
     * Listens and serves from now on.
     *
     * @param shared whether slices may decide about the same packets
     * @throws Refusal if the flow space has no place to listen at, cannot listen there, or is not isolated
     */
    public Proxy(FlowSpace flowSpace, boolean shared) {
        this.flowSpace = flowSpace;
        List<FlowSpaceEndpoint> places = flowSpace.listen().stream()
                .map(l -> FlowSpaceEndpoint.parse("listen", l))
                .toList();
        if (places.isEmpty()) {
            throw Refusal.invalid(
                    "listen", "listen is missing: where do switches connect to, such as tcp:0.0.0.0:6653?");
        }
        refuseTls();
        if (!shared) {
            refuseConflicts();
        }
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            loops.add(new Loop("flowspace " + i));
        }
        try {
            for (FlowSpaceEndpoint place : places) {
                listen(place);
            }
        } catch (Refusal e) {
            loops.forEach(Loop::start);
            close();
            throw e;
        }
        loops.forEach(Loop::start);
    }

    private void refuseTls() {
        List<String> all = new ArrayList<>(flowSpace.listen());
        flowSpace.slices().forEach(s -> all.addAll(s.controllers()));
        all.stream().filter(a -> a.startsWith("tls:")).findFirst().ifPresent(a -> {
            throw Refusal.invalid("controllers", a, "tcp:HOST:PORT, since encrypted connections are not served yet");
        });
    }

    private void refuseConflicts() {
        FlowSpaceReport report = FlowSpaceCheck.of(flowSpace, 1);
        report.conflicts().stream()
                .filter(c -> c.kind() == Kind.WRITE_WRITE)
                .findFirst()
                .ifPresent(c -> {
                    throw Refusal.invalid(
                            "slices",
                            c.first().rule() + " and " + c.second().rule() + " both decide about the packet "
                                    + c.packet()
                                    + ": their matches must differ or their priorities, unless --shared is given");
                });
    }

    private void listen(FlowSpaceEndpoint place) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            try {
                server.bind(new InetSocketAddress(place.host(), place.port()));
                addresses.add((InetSocketAddress) server.getLocalAddress());
                loops.getFirst().register(server, SelectionKey.OP_ACCEPT, new Acceptor(server));
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw Refusal.unavailable(
                    "cannot listen at " + place.host() + " port " + place.port() + ": " + e.getMessage());
        }
    }

    private final class Acceptor implements Loop.Ready {
        private final ServerSocketChannel server;

        Acceptor(ServerSocketChannel server) {
            this.server = server;
        }

        @Override
        public void ready(SelectionKey key) throws IOException {
            accept(server);
        }

        @Override
        public void failed(Exception reason) {
            LOG.warn("cannot accept a switch: {}", reason.getMessage());
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        if (links.size() >= MOST_SWITCHES) {
            channel.close();
            return;
        }
        Loop loop = loops.get(accepted++ % loops.size());
        loop.execute(() -> {
            try {
                links.add(new SwitchLink(this, loop, channel));
            } catch (IOException e) {
                LOG.warn("a switch was gone at once: {}", e.getMessage());
            }
        });
    }

    FlowSpace flowSpace() {
        return flowSpace;
    }

    /** Makes a connection the only one of its datapath; returns whether it is. */
    boolean claim(long datapath, SwitchLink link) {
        return datapaths.putIfAbsent(datapath, link) == null;
    }

    void release(long datapath, SwitchLink link) {
        datapaths.remove(datapath, link);
    }

    void gone(SwitchLink link) {
        links.remove(link);
    }

    /** Where it listens, in the order of the configuration. */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public void close() {
        loops.forEach(Loop::close);
    }
}
