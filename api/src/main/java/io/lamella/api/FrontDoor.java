package io.lamella.api;

import io.lamella.model.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes every request: who calls, which route, may they, do it, answer. Runs on virtual threads, so it may block. */
final class FrontDoor extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

    private final Gate gate;
    private final Router router;
    private final OpenStreams streams;
    private final ServerWebSocketContainer webSockets;

    FrontDoor(Gate gate, Router router, OpenStreams streams, ServerWebSocketContainer webSockets) {
        this.gate = gate;
        this.router = router;
        this.streams = streams;
        this.webSockets = webSockets;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        request.addIdleTimeoutListener(timeout -> false); // long work is not idle; a body or answer that stalls is
        Optional<Call> call = Optional.empty();
        try {
            Caller caller = gate.admit(request);
            Router.Match match =
                    router.find(request.getMethod(), request.getHttpURI().getPath());
            call = Optional.of(call(request, caller, match));
            LOG.debug("{}: {} {}", caller.name(), match.route(), match.path().values());
            send(match.route().endpoint().answer(call.get()), request, response, callback);
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            refuse(failure, call, request, response, callback);
        }
        return true;
    }

    /** As it stands in the request line; CONNECT and OPTIONS * have none (RFC 9112 section 3.2). */
    private static String path(Request request) {
        return Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
    }

    private static Call call(Request request, Caller caller, Router.Match match) {
        caller.check(match.route(), match.path());
        String query = request.getHttpURI().getQuery();
        return new Call(
                request,
                caller,
                match.path().checked(),
                Query.parse(query == null ? "" : query, match.route().query()));
    }

    private static void refuse(
            Throwable failure, Optional<Call> call, Request request, Response response, Callback callback) {
        if (response.isCommitted() || failure instanceof EofException) {
            LOG.debug("An answer to {} was cut off", request.getMethod(), failure);
            callback.failed(failure instanceof QuietException ? failure : new CutOff(failure));
            return;
        }
        Problems.Answer answer = Problems.answer(failure, request);
        call.ifPresent(Call::drain);
        Problems.write(answer, response, callback);
    }

    private void send(Reply reply, Request request, Response response, Callback callback) throws IOException {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put("X-Content-Type-Options", "nosniff");
        switch (reply) {
            case Reply.Json json -> {
                response.setStatus(json.status());
                headers.put(HttpHeader.CONTENT_TYPE, "application/json");
                json.location().ifPresent(path -> headers.put(HttpHeader.LOCATION, path));
                byte[] body = Codec.write(json.value()).getBytes(StandardCharsets.UTF_8);
                response.write(true, ByteBuffer.wrap(body), callback);
            }
            case Reply.Done done -> {
                response.setStatus(204);
                callback.succeeded();
            }
            case Reply.Text text -> {
                headers.put(HttpHeader.CONTENT_TYPE, text.contentType());
                try (InputStream in = text.content();
                        OutputStream out = Content.Sink.asOutputStream(response)) {
                    in.transferTo(out);
                }
                callback.succeeded();
            }
            case Reply.Stream stream -> {
                headers.put(HttpHeader.CONTENT_TYPE, stream.contentType());
                write(stream.content(), Content.Sink.asOutputStream(response));
                callback.succeeded();
            }
            case Reply.Upgrade upgrade -> upgrade(upgrade, request, response, callback);
        }
    }

    private void write(Reply.Content content, OutputStream out) throws IOException {
        Runnable ending = Thread.currentThread()::interrupt;
        streams.add(ending);
        try (out) {
            content.writeTo(out);
        } catch (InterruptedException stopping) {
            LOG.debug("The server ends a stream");
        } finally {
            streams.remove(ending);
        }
    }

    private void upgrade(Reply.Upgrade upgrade, Request request, Response response, Callback callback) {
        HttpFields headers = request.getHeaders();
        if (!headers.contains(HttpHeader.UPGRADE, "websocket")
                || !"13".equals(headers.get(HttpHeader.SEC_WEBSOCKET_VERSION))
                || !headers.contains(HttpHeader.SEC_WEBSOCKET_KEY)) {
            throw HttpRefusal.upgradeRequired();
        }
        SessionSocket socket = new SessionSocket(upgrade.session().get(), streams);
        Callback guarded = new Callback.Nested(callback) {
            @Override
            public void failed(Throwable failure) {
                socket.end();
                super.failed(failure);
            }
        };
        boolean upgraded = false;
        try {
            upgraded = webSockets.upgrade(socket::accept, request, response, guarded);
        } finally {
            if (!upgraded) {
                socket.end();
            }
        }
        if (!upgraded) {
            throw HttpRefusal.upgradeRequired();
        }
    }

    /** Somebody went away; Jetty need not report it. */
    private static final class CutOff extends IOException implements QuietException {
        private static final long serialVersionUID = 1L;

        CutOff(Throwable cause) {
            super(cause);
        }
    }
}
