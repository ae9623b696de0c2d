package io.lamella.cli;

import org.jspecify.annotations.Nullable;

/** How data is printed. */
enum Format {
    TABLE,
    JSON,
    YAML;

    static Format of(String word) {
        return switch (word) {
            case "json" -> JSON;
            case "yaml" -> YAML;
            default -> TABLE;
        };
    }

    /** An answer of the API. */
    static @Nullable Object parse(String answer) {
        try {
            return Json.parse(answer);
        } catch (IllegalArgumentException e) {
            throw Failure.failed("the daemon's answer is " + e.getMessage());
        }
    }

    /** An answer of the API as JSON or YAML. */
    String text(String answer) {
        Object value = parse(answer);
        return this == YAML ? Yaml.text(value) : Json.pretty(value) + "\n";
    }
}
