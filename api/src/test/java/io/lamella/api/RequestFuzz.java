package io.lamella.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Refusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a request line is understood or refused. */
class RequestFuzz {
    private static final List<String> KNOWN =
            List.of("command", "env", "force", "grace", "columns", "rows", "terminal");
    private static final Route.Endpoint NONE = call -> new Reply.Done();
    private static final Router ROUTER = new Router(List.of(
            new Route("GET", "/slices", Access.EVERYONE, NONE),
            new Route("GET", "/slices/{slice}", Access.SLICE, NONE),
            new Route("POST", "/slices/{slice}/instances/{instance}/start", Access.SLICE, NONE),
            new Route("POST", "/images/build", Access.ADMINISTRATOR, NONE),
            new Route("GET", "/images/{image}", Access.EVERYONE, NONE),
            new Route("GET", "/operations/{operation}", Access.EVERYONE, NONE)));

    @Provide
    Arbitrary<String> text() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(200),
                Arbitraries.strings().withChars("%=&+/aF0.\u00e4\u0000").ofMaxLength(100),
                Arbitraries.of(
                                "command", "env", "force", "grace", "=", "&", "%", "%2", "%2F", "%00", "%C3%A4", "%FF",
                                "true", "10", "-1", "+", "/v1", "/slices", "/images", "/build", "/a", "/%61", "/..",
                                "//")
                        .list()
                        .ofMaxSize(20)
                        .map(parts -> String.join("", parts)));
    }

    private static void understoodOrRefused(Supplier<?> parser) {
        try {
            assertThat(parser.get()).isNotNull();
        } catch (Refusal | HttpRefusal refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
        }
    }

    @Property
    void queries(@ForAll("text") String raw) {
        understoodOrRefused(() -> {
            Query query = Query.parse(raw, KNOWN);
            query.all("command").forEach(value -> assertThat(value).doesNotContain("\0"));
            understoodOrRefused(() -> query.flag("force"));
            understoodOrRefused(() -> query.number("grace", 10, 0, 3600));
            understoodOrRefused(() -> InstanceCalls.execRequest(query));
            return query;
        });
    }

    @Property
    void paths(@ForAll("text") String raw) {
        understoodOrRefused(() -> {
            Router.Match match = ROUTER.find("GET", raw.startsWith("/v1/") ? raw : "/v1/" + raw);
            PathVariables checked = match.path().checked();
            checked.values().values().forEach(value -> assertThat(value).matches("[a-zA-Z0-9:._-]+"));
            return checked;
        });
        understoodOrRefused(() -> ROUTER.find("GET", raw));
    }

    @Property
    void whatIsEncodedIsDecoded(@ForAll String text) {
        String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String encoded = URLEncoder.encode(wellFormed, StandardCharsets.UTF_8);
        assertThat(Percent.decode("x", encoded, true)).isEqualTo(wellFormed);
        if (!wellFormed.contains("\0")) {
            assertThat(Query.parse("command=" + encoded, KNOWN).all("command")).containsExactly(wellFormed);
        }
    }
}
