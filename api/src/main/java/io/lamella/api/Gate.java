package io.lamella.api;

import io.lamella.model.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/** Finds out who calls: by peer credentials on the Unix socket, by bearer token (RFC 6750) elsewhere. Any thread. */
final class Gate {
    private static final String SCHEME = "bearer ";

    private final Peers peers;
    private final Tokens tokens;
    private final FailedAttempts failures;

    Gate(Peers peers, Tokens tokens, FailedAttempts failures) {
        this.peers = peers;
        this.tokens = tokens;
        this.failures = failures;
    }

    Caller admit(Request request) throws IOException {
        checkOrigin(request);
        return request.getConnectionMetaData().getConnector() instanceof UnixDomainServerConnector
                ? localCaller(request)
                : remoteCaller(request);
    }

    private Caller localCaller(Request request) throws IOException {
        if (request.getConnectionMetaData().getConnection().getEndPoint() instanceof SelectableChannelEndPoint endPoint
                && endPoint.getChannel() instanceof SocketChannel channel) {
            return peers.caller(channel.getOption(ExtendedSocketOptions.SO_PEERCRED));
        }
        throw new IOException("a connection of the Unix socket has no channel");
    }

    private Caller remoteCaller(Request request) {
        InetAddress address = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? peer.getAddress()
                : InetAddress.getLoopbackAddress();
        OptionalLong wait = failures.wait(address);
        if (wait.isPresent()) {
            throw HttpRefusal.tooManyRequests(wait.getAsLong());
        }
        Optional<String> secret = secret(request);
        Optional<Caller> caller = secret.flatMap(tokens::caller);
        if (caller.isEmpty()) {
            failures.add(address);
        }
        return caller.orElseThrow(() -> HttpRefusal.unauthenticated(
                secret.isPresent() ? "the token is not valid" : "a token is needed: Authorization: Bearer lml_..."));
    }

    private static Optional<String> secret(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                ? Optional.of(header.substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    /** A browser names the page that makes a request (RFC 6454 section 7); pages of other hosts have no business here. */
    private static void checkOrigin(Request request) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (origin != null && (host == null || !origin.equalsIgnoreCase("https://" + host))) {
            throw Refusal.forbidden("requests made by a page of another host are refused");
        }
    }
}
