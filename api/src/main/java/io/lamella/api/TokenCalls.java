package io.lamella.api;

import io.lamella.model.TokenRequest;
import io.lamella.model.TokenSecret;
import java.io.IOException;

/** Bearer tokens. */
final class TokenCalls {
    private final Tokens tokens;

    TokenCalls(Tokens tokens) {
        this.tokens = tokens;
    }

    Reply list(Call call) {
        return Reply.ok(tokens.list());
    }

    Reply create(Call call) throws IOException {
        TokenSecret made = tokens.create(call.body(TokenRequest.class));
        return Reply.created(made, "/tokens/" + made.name());
    }

    Reply delete(Call call) {
        tokens.delete(call.path("token"));
        return new Reply.Done();
    }
}
