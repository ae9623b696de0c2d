package io.lamella.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What comes out of a machine, given bytes made of its own marks and commands and of others. */
class StreamsFuzz {
    private static final String ID = "0a1b";
    private static final java.util.regex.Pattern MARK = java.util.regex.Pattern.compile("\0" + ID + ":[0-9]{1,3};");

    /** Hands out its bytes in pieces of any size. */
    private static InputStream pieces(byte[] bytes, int size) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, size));
            }
        };
    }

    @Property
    void whatStandsBeforeTheMarkIsPassedOnWhole(
            @ForAll("nearlyMarked") byte[] before,
            @ForAll @IntRange(max = 255) int code,
            @ForAll @IntRange(min = 1, max = 9) int size)
            throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before);
        all.writeBytes(("\0" + ID + ":" + code + ";more").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        OptionalInt found = new Marked(ID, plain).copy(pieces(all.toByteArray(), size));
        assertThat(found).hasValue(code);
        assertThat(plain.toByteArray()).isEqualTo(before);
    }

    @Property
    void aStreamWithoutAMarkIsPassedOnWhole(
            @ForAll("nearlyMarked") byte[] bytes, @ForAll @IntRange(min = 1, max = 9) int size) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        assertThat(new Marked(ID, plain).copy(pieces(bytes, size))).isEmpty();
        assertThat(plain.toByteArray()).isEqualTo(bytes);
    }

    @Property
    void whatIsTypedComesBackFromATelnetPeer(@ForAll byte[] typed) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try (Telnet.Typed out = new Telnet.Typed(wire)) {
            out.write(typed);
        }
        byte[] shown = new Telnet.Shown(new ByteArrayInputStream(wire.toByteArray())).readAllBytes();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (byte b : typed) {
            expected.write(b);
            if (b == '\r') {
                expected.write(0);
            }
        }
        assertThat(shown).isEqualTo(expected.toByteArray());
    }

    @Property
    void anyTelnetBytesAreRead(@ForAll("commands") byte[] wire) throws IOException {
        assertThat(new Telnet.Shown(new ByteArrayInputStream(wire)).readAllBytes())
                .hasSizeLessThanOrEqualTo(wire.length);
    }

    @Property
    void anyModuleIsRead(@ForAll("modules") byte[] module) {
        assertThat(Modules.dependencies(module)).allMatch(name -> name.matches("[A-Za-z0-9_]{1,64}"));
    }

    @Provide
    Arbitrary<byte[]> nearlyMarked() {
        return joined(List.of(
                        "\0",
                        "\0" + ID,
                        "\0" + ID + ":",
                        "\0" + ID + ":12",
                        "\0" + ID + ":1234;",
                        "\0" + ID + ":;",
                        "\0" + ID + ":7\0",
                        ID,
                        ";",
                        "x"))
                .filter(bytes -> !MARK.matcher(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .find());
    }

    @Provide
    Arbitrary<byte[]> commands() {
        return joined(
                List.of("\u00ff\u00fb\u0001", "\u00ff\u00fa", "\u00ff\u00f0", "\u00ff\u00ff", "\u00ff", "a", "\u00fa"));
    }

    @Provide
    Arbitrary<byte[]> modules() {
        return joined(List.of("\0depends=", "virtio,virtio-ring", "\0", ",", "depends=", "../../x"));
    }

    private static Arbitrary<byte[]> joined(List<String> words) {
        return Arbitraries.of(words)
                .list()
                .ofMaxSize(12)
                .map(list -> String.join("", list).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
