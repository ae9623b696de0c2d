package io.lamella.backend.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a program or a guest may write where xl's, the agent's and the watcher's words are expected. */
class XlFuzz {
    @Provide
    Arbitrary<String> tables() {
        return Arbitraries.of(
                        "Name ",
                        "ID",
                        " ",
                        "\n",
                        "lamella.a.one",
                        "99999",
                        "999999999",
                        "1",
                        "r-----",
                        "--p---",
                        "-b-",
                        "0.0",
                        "999999999999.9",
                        "all",
                        " / ",
                        "0-3",
                        "8191",
                        "8192",
                        "3-1",
                        "(null)",
                        "\t",
                        "\0",
                        "é")
                .list()
                .ofMaxSize(60)
                .map(parts -> "Name \n" + String.join("", parts));
    }

    private interface Parse {
        Object of(String text);
    }

    private static void succeedsOrRefuses(Parse parse, String text) {
        try {
            assertThat(parse.of(text)).isNotNull();
        } catch (XlException e) {
            assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n");
        }
    }

    @Property
    void anyTableIsReadOrRefused(@ForAll("tables") String text) {
        succeedsOrRefuses(XlText::domains, text);
        succeedsOrRefuses(XlText::affinity, text);
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        succeedsOrRefuses(XlText::domains, text);
        succeedsOrRefuses(XlText::affinity, text);
        succeedsOrRefuses(XlText::facts, text);
        succeedsOrRefuses(XlText::facts, "key : " + text);
    }

    @Property
    void anyLogHasAReason(@ForAll String text) {
        assertThat(XlText.ending(text)).isNotEmpty();
        assertThat(XlText.ending("Domain 1 has shut down, reason code " + text)).isNotEmpty();
    }

    @Provide
    Arbitrary<String> answers() {
        return Arbitraries.of(
                        " inet ", "10.0.0.1", "999.999.999.999", "/", "\n", "processes ", "9999999", "99999999", "x")
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }

    @Property
    void anyAnswerOfAGuestIsRead(@ForAll("answers") String text) {
        assertThatNoException().isThrownBy(() -> Guest.parse(text));
    }

    /** What another command left is skipped, whatever it was, unless it has the id, which it cannot know. */
    @Property
    void whatWasLeftInAChannelIsSkipped(@ForAll byte[] left) throws IOException {
        byte[] fresh = "\00023abc\nfresh".getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[left.length + fresh.length];
        System.arraycopy(left, 0, all, 0, left.length);
        System.arraycopy(fresh, 0, all, left.length, fresh.length);
        ByteArrayInputStream in = new ByteArrayInputStream(all);
        Wires.skipTo("23abc", in);
        assertThat(in.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("fresh");
    }
}
