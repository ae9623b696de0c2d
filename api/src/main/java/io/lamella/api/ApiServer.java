package io.lamella.api;

import io.lamella.compute.Compute;
import io.lamella.model.Refusal;
import io.lamella.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** The node's REST API on a Unix socket and, where configured, over TLS. Started once, then closed. */
public final class ApiServer implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(60);
    /** What requests under way get to end when the server stops. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final int MAX_REMOTE_CONNECTIONS = 256;
    /** Holds the longest command line that exec takes in its query. */
    private static final int MAX_REQUEST_HEAD = 16 << 10;

    private static final int MAX_RESPONSE_HEAD = 4 << 10;
    private static final int BUFFER = 8 << 10;
    private static final long POOLED = 1L << 20;
    private static final int MAX_THREADS = 8;
    private static final int MIN_THREADS = 2;

    private final ApiSettings settings;
    private final Peers peers;
    private final Tokens tokens;
    private final OpenStreams streams = new OpenStreams();
    private final Server server;
    private final List<ServerConnector> remote;
    private List<UnixSocketFile> socketFiles = List.of();

    /** Refuses settings that cannot work, such as a certificate that is unreadable. */
    public ApiServer(Compute compute, Store store, ApiSettings settings) {
        this(compute, new Tokens(store, Clock.systemUTC()), settings);
    }

    private ApiServer(Compute compute, Tokens tokens, ApiSettings settings) {
        this(Routes.of(compute, tokens), tokens, settings, IDLE, new FailedAttempts(System::nanoTime));
    }

    /** With other routes, and another time without a byte after which a connection is closed. */
    ApiServer(List<Route> routes, Tokens tokens, ApiSettings settings, Duration idle, FailedAttempts failures) {
        this.settings = settings;
        this.tokens = tokens;
        this.peers = new Peers(settings.adminGroup(), Path.of("/etc/group"));
        this.server = server();
        HttpConnectionFactory http = new HttpConnectionFactory(http());
        UnixDomainServerConnector local = new UnixDomainServerConnector(server, 0, 1, http);
        local.setUnixDomainPath(UnixSocketFile.bindingPath(settings.socket()));
        local.setIdleTimeout(idle.toMillis());
        server.addConnector(local);
        this.remote =
                settings.tls().map(tls -> remote(tls, http, idle)).stream().toList();
        remote.forEach(server::addConnector);
        Gate gate = new Gate(peers, tokens, failures);
        ServerWebSocketContainer webSockets = webSockets();
        server.setErrorHandler(new Problems());
        server.setHandler(new GracefulHandler(new FrontDoor(gate, new Router(routes), streams, webSockets)));
        server.setStopTimeout(GRACE.toMillis());
    }

    private static Server server() {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
        threads.setName("api");
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return new Server(
                threads,
                new ScheduledExecutorScheduler("api-timer", true),
                new ArrayByteBufferPool(0, 1024, MAX_REQUEST_HEAD, 64, POOLED, POOLED));
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_REQUEST_HEAD);
        http.setResponseHeaderSize(MAX_RESPONSE_HEAD);
        http.setMaxResponseHeaderSize(MAX_RESPONSE_HEAD);
        http.setInputBufferSize(BUFFER);
        http.setOutputBufferSize(BUFFER);
        http.setOutputAggregationSize(BUFFER / 2);
        return http;
    }

    private ServerConnector remote(TlsSettings tls, HttpConnectionFactory http, Duration idle) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(Pem.keyStore(tls));
        context.setKeyStorePassword("");
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setRenegotiationAllowed(false);
        ServerConnector connector =
                new ServerConnector(server, 0, 1, AbstractConnectionFactory.getFactories(context, http));
        connector.setHost(tls.host());
        connector.setPort(tls.port());
        connector.setIdleTimeout(idle.toMillis());
        connector.addBean(new NetworkConnectionLimit(MAX_REMOTE_CONNECTIONS, connector));
        return connector;
    }

    private ServerWebSocketContainer webSockets() {
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
        container.setIdleTimeout(Duration.ZERO); // a terminal may be left alone for days
        container.setMaxBinaryMessageSize(SessionSocket.MAX_MESSAGE);
        container.setMaxFrameSize(SessionSocket.MAX_MESSAGE);
        container.setInputBufferSize(BUFFER);
        container.setOutputBufferSize(BUFFER);
        return container;
    }

    /**
     * Starts to listen; on return clients can connect. Refuses a socket on which another daemon listens, and an address
     * that cannot be bound.
     */
    public void start() {
        UnixSocketFile file = UnixSocketFile.claim(settings.socket());
        tokens.forgetSlicesGone();
        try {
            server.start();
            file.publish(peers.group());
            socketFiles = List.of(file);
        } catch (IOException e) {
            stop();
            throw Refusal.unavailable("the API cannot listen: " + e.getMessage());
        } catch (Exception e) {
            stop();
            throw new IllegalStateException("the API cannot start", e);
        }
    }

    /** The port of the TLS listener, once started. */
    public OptionalInt tlsPort() {
        return remote.stream().mapToInt(ServerConnector::getLocalPort).findFirst();
    }

    /** Takes no more requests, ends streams, sessions and, after some seconds, what else is under way. */
    @Override
    public void close() {
        socketFiles.forEach(UnixSocketFile::remove);
        streams.closeAll();
        stop();
    }

    private void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the API cannot stop", e);
        }
    }
}
