package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptMirrorTest {
    @TempDir
    Path apt;

    @Test
    void theFirstDebianLineCounts() {
        assertThat(AptMirror.inLines("""
                        # deb http://comment.invalid/debian bookworm main
                        deb-src http://source.invalid/debian bookworm main
                        deb cdrom:[Debian]/ bookworm main
                        deb [arch=amd64 signed-by=/k] https://tool.invalid/apt stable-tool main
                        deb http://security.invalid/debian-security bookworm-security main
                          deb [ signed-by=/k ]  http://good.invalid/debian  bookworm  contrib main
                        deb http://later.invalid/debian bookworm main
                        """)).contains("http://good.invalid/debian");
        assertThat(AptMirror.inLines("deb http://x.invalid/debian bookworm contrib"))
                .isEmpty();
        assertThat(AptMirror.inLines("deb\n\n deb http://x")).isEmpty();
    }

    @Test
    void theFirstDebianStanzaCounts() {
        assertThat(AptMirror.inStanzas("""
                        Types: deb-src
                        URIs: http://source.invalid/debian
                        Suites: trixie
                        Components: main

                        Types: deb
                        Enabled: no
                        URIs: http://off.invalid/debian
                        Suites: trixie
                        Components: main

                        types: deb deb-src
                        # a comment
                        URIs: mirror+file:/etc/mirrors
                          https://good.invalid/debian/
                        Suites: trixie trixie-updates
                        Components: main non-free-firmware
                        Signed-By: /k
                        """)).contains("https://good.invalid/debian/");
        assertThat(AptMirror.inStanzas("")).isEmpty();
        assertThat(AptMirror.inStanzas("Types: deb\nURIs: https://x.invalid/node\nSuites: nodistro\nComponents: main"))
                .isEmpty();
    }

    @Test
    void filesAreReadInAptsOrder() throws IOException {
        assertThatThrownBy(() -> AptMirror.find(apt)).hasMessageContaining("names one by http or https");
        Path more = Files.createDirectory(apt.resolve("sources.list.d"));
        Files.writeString(more.resolve("a.list.disabled"), "deb http://no.invalid/debian trixie main\n");
        Files.writeString(
                more.resolve("b.sources"),
                "Types: deb\nURIs: http://b.invalid/debian\nSuites: trixie\nComponents: main\n");
        Files.writeString(more.resolve("c.list"), "deb http://c.invalid/debian trixie main\n");
        assertThat(AptMirror.find(apt)).isEqualTo("http://b.invalid/debian");
        Files.writeString(apt.resolve("sources.list"), "deb http://main.invalid/debian trixie main\n");
        assertThat(AptMirror.find(apt)).isEqualTo("http://main.invalid/debian");
    }
}
