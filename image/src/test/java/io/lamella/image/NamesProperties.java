package io.lamella.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.model.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NamesProperties {
    private static final Path ROOT = Path.of("/some/root");

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a", "..", ".", "/", "", "b/", "...", "./", "\0", "é", "x".repeat(200), "..a")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("/", parts))
                .injectDuplicates(0.1);
    }

    @Property
    void whatIsAcceptedStaysBelowTheRoot(@ForAll("names") String name) {
        try {
            String safe = Names.safe(name, 500);
            Path path = ROOT.resolve(safe);
            assertThat(path).isEqualTo(path.normalize());
            assertThat(path.startsWith(ROOT)).isTrue();
            assertThat(safe.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(500);
            assertThat(safe.isEmpty() ? "" : Names.safe(safe, 500)).isEqualTo(safe);
            assertThat(List.of(name.split("/"))).doesNotContain("..");
        } catch (Refusal e) {
            assertThat(e.getMessage()).startsWith("the archive is refused: ").hasSizeLessThan(400);
        }
    }

    @Property
    void whatIsShownIsShortAndHarmless(@ForAll String name) {
        String shown = Names.shown(name);
        assertThat(shown.length()).isLessThanOrEqualTo(130);
        assertThat(shown.chars().noneMatch(Character::isISOControl)).isTrue();
    }
}
