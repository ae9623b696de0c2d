package io.lamella.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lamella.isolation.Journal.Before;
import io.lamella.isolation.Journal.Content;
import io.lamella.model.CpuSet;
import io.lamella.model.IsolationOrder;
import io.lamella.model.IsolationProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The journal as a crash, or anything else, may leave it. */
class JournalFuzz {
    private static final IsolationOrder ORDER =
            new IsolationOrder(IsolationProfile.REALTIME, CpuSet.of(1), Optional.empty());

    @Property
    void anyTextIsReadOrCountsForNothing(@ForAll String text) {
        Journal.parse(text);
        Journal.parse("order\tx\t" + text + "\t.\nbefore\t" + text + "\t" + text + "\t.");
    }

    /** Cut at every byte, the journal names a prefix of the values, each as it was. */
    @Example
    void aTornJournalNamesOnlyWholeValues() throws IOException {
        Path directory = Files.createTempDirectory("journal");
        Path file = directory.resolve("isolation.journal");
        try {
            Journal journal = new Journal(file);
            List<Before> values = List.of(
                    new Before("word:/a", "tab\there\nand \\ there"), new Before("mask:/b", "ff"), new Before("c", ""));
            journal.begin("boot", ORDER);
            values.forEach(v -> journal.before(List.of(v)));
            journal.refused(Map.of("mask:/b", "Input/output error"));
            journal.complete();
            byte[] whole = Files.readAllBytes(file);
            Content content = journal.read().orElseThrow();
            assertThat(content.order()).isEqualTo(ORDER);
            assertThat(content.before()).isEqualTo(values);
            assertThat(content.complete()).isTrue();
            assertThat(content.refused()).containsKey("mask:/b");
            for (int length = 0; length < whole.length - 1; length++) {
                Optional<Content> torn =
                        Journal.parse(new String(whole, 0, length, java.nio.charset.StandardCharsets.UTF_8));
                torn.ifPresent(t -> {
                    assertThat(t.before())
                            .isEqualTo(values.subList(0, t.before().size()));
                    assertThat(t.complete()).isFalse();
                });
                // what is written behind a torn line is whole
                Files.write(file, java.util.Arrays.copyOf(whole, length));
                if (torn.isPresent()) {
                    journal.before(List.of(new Before("later", "1")));
                    assertThat(journal.read().orElseThrow().before()).contains(new Before("later", "1"));
                }
            }
            journal.delete();
            assertThat(journal.read()).isEmpty();
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }
}
