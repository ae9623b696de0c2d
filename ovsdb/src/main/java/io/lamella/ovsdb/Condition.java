package io.lamella.ovsdb;

import java.util.UUID;

/** A clause of {@code where}; all clauses of an operation must hold (RFC 7047 section 5.1). */
public record Condition(String column, Function function, Value value) {
    public enum Function {
        EQUAL("=="),
        UNEQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        INCLUDES("includes"),
        EXCLUDES("excludes");

        private final String wire;

        Function(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }
    }

    public static Condition equal(String column, Value value) {
        return new Condition(column, Function.EQUAL, value);
    }

    public static Condition includes(String column, Value value) {
        return new Condition(column, Function.INCLUDES, value);
    }

    /** Just this row. */
    public static Condition row(UUID id) {
        return equal("_uuid", Value.of(id));
    }
}
