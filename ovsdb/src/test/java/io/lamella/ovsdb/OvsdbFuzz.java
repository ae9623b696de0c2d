package io.lamella.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Outside bytes: anything but the declared exception is a defect. */
class OvsdbFuzz {
    private static final String SAMPLE = """
            {"id":null,"method":"update","params":["m1",{"Interface":{"6a2b3c4d-0000-4000-8000-00000000abcd":\
            {"new":{"name":"lm0","ofport":["set",[]],"external_ids":["map",[["k","v\\u00e9"]]],"mtu":1500,\
            "options":["map",[["a","b"]]],"real":-1.5e3,"flag":true,"ref":["uuid","6a2b3c4d-0000-4000-8000-00000000abcd"]},\
            "old":{"ofport":["set",[1,2]]}}}}]}""";

    @Property(tries = 2000)
    void randomBytes(@ForAll byte[] bytes) {
        digest(bytes);
    }

    @Property(tries = 3000)
    void mutatedMessages(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = SAMPLE.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(6); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        digest(bytes);
    }

    @Property(tries = 3000)
    void jsonLookalikes(@ForAll("lookalikes") String text) {
        digest(text.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> lookalikes() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"",
                        "\\",
                        "\"set\"",
                        "\"map\"",
                        "\"uuid\"",
                        "null",
                        "true",
                        "-",
                        "1e999999999",
                        "9223372036854775808",
                        "0.1",
                        "\"a\"",
                        " ",
                        "\\u00",
                        "\"old\"",
                        "\"new\"")
                .list()
                .ofMaxSize(40)
                .map(parts -> "[" + String.join("", parts) + "]");
    }

    @Property(tries = 500)
    void framingDoesNotDependOnHowTheBytesArrive(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] stream = ("  " + SAMPLE + SAMPLE + "\n[]{}" + SAMPLE + "[\"}]\\\"\"]").getBytes(StandardCharsets.UTF_8);
        JsonFraming framing = new JsonFraming(4096);
        List<String> values = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(1 + random.nextInt(200), stream.length - at);
            byte[] chunk = new byte[length];
            System.arraycopy(stream, at, chunk, 0, length);
            framing.feed(chunk, length, value -> values.add(new String(value, StandardCharsets.UTF_8)));
            at += length;
        }
        assertThat(values).containsExactly(SAMPLE, SAMPLE, "[]", "{}", SAMPLE, "[\"}]\\\"\"]");
    }

    /** As a message from the wire is digested. */
    private static void digest(byte[] bytes) {
        try {
            new JsonFraming(4096).feed(bytes, bytes.length, value -> {
                Object tree = Json.parse(value);
                attempt(() -> Wire.value(tree));
                attempt(() -> Wire.row(tree));
                attempt(() -> Wire.changes(tree));
                attempt(() -> Wire.results(List.of(), tree));
                attempt(() ->
                        Wire.changes(Wire.array(Wire.object(tree, "message").get("params"), "list")
                                .getLast()));
                assertThat(Json.parse(Json.bytes(tree))).isEqualTo(tree);
            });
        } catch (OvsdbException e) {
            assertThat(e.error()).isEqualTo(OvsdbException.PROTOCOL);
        }
    }

    private static void attempt(Runnable parse) {
        try {
            parse.run();
        } catch (OvsdbException e) {
            assertThat(e.getMessage()).hasSizeLessThan(1000);
        }
    }
}
