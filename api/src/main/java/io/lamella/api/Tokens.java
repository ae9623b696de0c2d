package io.lamella.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lamella.model.Phase;
import io.lamella.model.Refusal;
import io.lamella.model.Slice;
import io.lamella.model.TokenRequest;
import io.lamella.model.TokenSecret;
import io.lamella.model.TokenView;
import io.lamella.store.Kind;
import io.lamella.store.Store;
import io.lamella.store.Token;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bearer tokens of 256 random bits, of which the store holds the SHA-256 alone: what is random needs no slow hash. Any
 * thread.
 */
final class Tokens {
    private static final Pattern FORM = Pattern.compile("lml_[A-Za-z0-9_-]{43}");

    private final Store store;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Tokens(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    TokenSecret create(TokenRequest request) {
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        String secret = "lml_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        Token token = new Token(
                request.name(),
                HexFormat.of().formatHex(sha256(secret)),
                request.slice().orElse(""),
                clock.instant());
        store.transact(tx -> {
            if (tx.get(Kind.TOKEN, token.name()).isPresent()) {
                throw Refusal.conflict("name", "token \"" + token.name() + "\" exists already");
            }
            if (request.slice().isPresent() && !isPresent(tx.get(Kind.SLICE, token.slice()))) {
                throw Refusal.notFound("slice", token.slice());
            }
            tx.put(Kind.TOKEN, token);
            return token;
        });
        return new TokenSecret(token.name(), secret);
    }

    List<TokenView> list() {
        return store.list(Kind.TOKEN).stream()
                .map(t -> new TokenView(t.name(), slice(t), t.createdAt()))
                .toList();
    }

    void delete(String name) {
        store.transact(tx -> {
            Token token = tx.get(Kind.TOKEN, name).orElseThrow(() -> Refusal.notFound("token", name));
            tx.delete(Kind.TOKEN, name);
            return token;
        });
    }

    /** Whose token {@code secret} is. Takes the same time for every secret of a token's form. */
    Optional<Caller> caller(String secret) {
        if (!FORM.matcher(secret).matches()) {
            return Optional.empty();
        }
        byte[] hash = sha256(secret);
        Optional<Token> found = Optional.empty();
        for (Token token : store.list(Kind.TOKEN)) {
            if (MessageDigest.isEqual(hash, HexFormat.of().parseHex(token.sha256()))) {
                found = Optional.of(token);
            }
        }
        return found.filter(this::inForce).map(t -> new Caller("token \"" + t.name() + "\"", slice(t)));
    }

    /** A slice made anew under an old name is another's: tokens of its predecessor do not open it. */
    private boolean inForce(Token token) {
        return slice(token)
                .map(name -> store.get(Kind.SLICE, name)
                        .filter(slice -> !slice.createdAt().isAfter(token.createdAt()))
                        .isPresent())
                .orElse(true);
    }

    /** Deletes the tokens of slices that are no more; a clock set back would bring them to life again. */
    void forgetSlicesGone() {
        if (store.list(Kind.TOKEN).stream().allMatch(t -> t.slice().isEmpty())) {
            return;
        }
        store.transact(tx -> {
            List<Token> gone = tx.list(Kind.TOKEN).stream()
                    .filter(t -> !t.slice().isEmpty())
                    .filter(t -> tx.get(Kind.SLICE, t.slice()).isEmpty())
                    .toList();
            gone.forEach(t -> tx.delete(Kind.TOKEN, t.name()));
            return gone;
        });
    }

    private static boolean isPresent(Optional<Slice> slice) {
        return slice.filter(s -> s.phase() == Phase.PRESENT).isPresent();
    }

    private static Optional<String> slice(Token token) {
        return Optional.of(token.slice()).filter(s -> !s.isEmpty());
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
