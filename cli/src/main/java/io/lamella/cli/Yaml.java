package io.lamella.cli;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes YAML 1.2. */
final class Yaml {
    private Yaml() {}

    /** A document in block style, without a start marker; ends with a line break. */
    static String text(@Nullable Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setIndent(2)
                .setSplitLines(false)
                .build();
        return new Dump(settings).dumpToString(value);
    }
}
