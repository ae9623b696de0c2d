package io.lamella.backend.lxc;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What other programs may write where LXC's words are expected. */
class LxcWordsFuzz {
    @Provide
    Arbitrary<String> logs() {
        return Arbitraries.of(" ERROR ", "start - ", "a.c:f:1", " - ", "\"", "\n", "x", "\0", "ERROR  cg - b.c:g:2 - m")
                .list()
                .ofMaxSize(200)
                .map(parts -> String.join("", parts));
    }

    @Property
    void anyLogHasAReasonOrNone(@ForAll("logs") String text) {
        LxcLog.reason(text).ifPresent(reason -> assertThat(reason).isNotEmpty().hasSizeLessThanOrEqualTo(510));
    }

    @Property
    void anyTextHasAReasonOrNone(@ForAll String text) {
        LxcLog.spoken("lxc-attach: a: b.c: d: 1 " + text)
                .ifPresent(reason -> assertThat(reason).isNotEmpty());
        LxcLog.reason("x ERROR  " + text).ifPresent(reason -> assertThat(reason).isNotEmpty());
    }

    @Provide
    Arbitrary<String> commandLines() {
        return Arbitraries.of("[lxc monitor] ", "/v", " ", "\0", "-P", "-n", "lxc-start", "a.one", "é")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Property
    void anyCommandLineNamesAContainerOrNone(@ForAll("commandLines") String text) {
        Monitors.containerOf(text, "/v").ifPresent(name -> assertThat(name).isNotEmpty());
    }

    @Property
    void anyConfigurationNamesAnInit(@ForAll String text) {
        assertThat(LxcConfig.initOf("# init: " + text)).isNotNull();
    }
}
