package io.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class HttpFuzz {
    private static byte[] readAll(byte[] bytes) throws IOException {
        InputStream in = new ByteArrayInputStream(bytes);
        return HttpHead.read(in).body(in).readAllBytes();
    }

    @Property(tries = 2000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) throws IOException {
        try {
            readAll(bytes);
        } catch (ProtocolException e) {
            // the declared exception
        }
    }

    @Property(tries = 3000)
    void almostAResponseIsReadOrRefused(@ForAll("almost") String text) throws IOException {
        try {
            readAll(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (ProtocolException e) {
            // the declared exception
        }
    }

    @Property(tries = 1000)
    void aMutatedResponseIsReadOrRefused(@ForAll @IntRange(max = 120) int at, @ForAll byte value) throws IOException {
        byte[] bytes = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
                        + "5;x=y\r\nhello\r\n1f\r\n0123456789012345678901234567890\r\n0\r\nTrailer: z\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        bytes[at % bytes.length] = value;
        try {
            readAll(bytes);
        } catch (ProtocolException e) {
            // the declared exception
        }
    }

    @Property(tries = 500)
    void chunksAreJoined(@ForAll @Size(max = 8) List<byte[]> pieces, @ForAll @IntRange(min = 1, max = 64) int step)
            throws IOException {
        StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        StringBuilder expected = new StringBuilder();
        for (byte[] piece : pieces) {
            String p = new String(piece, StandardCharsets.ISO_8859_1);
            if (!p.isEmpty()) {
                text.append(Integer.toHexString(p.length()))
                        .append("\r\n")
                        .append(p)
                        .append("\r\n");
                expected.append(p);
            }
        }
        byte[] bytes = text.append("0\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        InputStream slow = new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, step));
            }
        };
        byte[] read = HttpHead.read(slow).body(slow).readAllBytes();
        assertThat(new String(read, StandardCharsets.ISO_8859_1)).isEqualTo(expected.toString());
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "HTTP/1.1 200 OK\r\n",
                        "HTTP/1.1 ",
                        "204",
                        "Content-Length: 3\r\n",
                        "Content-Length: -1\r\n",
                        "Content-Length: 99999999999999999999\r\n",
                        "Transfer-Encoding: chunked\r\n",
                        ": x\r\n",
                        " fold\r\n",
                        "\r\n",
                        "\n",
                        "abc",
                        "3\r\nabc\r\n",
                        "0\r\n",
                        "ffffffffffffff\r\n",
                        "-5\r\n",
                        ";ext\r\n",
                        "\0",
                        "é")
                .list()
                .ofMaxSize(12)
                .map(l -> "HTTP/1.1 200 OK\r\n" + String.join("", l));
    }
}
