package io.lamella.ovsdb;

/** A change relative to what the column holds (RFC 7047 section 5.1). */
public record Mutation(String column, Mutator mutator, Value value) {
    public enum Mutator {
        ADD("+="),
        SUBTRACT("-="),
        MULTIPLY("*="),
        DIVIDE("/="),
        REMAINDER("%="),
        INSERT("insert"),
        DELETE("delete");

        private final String wire;

        Mutator(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }
    }

    /** Adds elements to a set, or entries whose keys are new to a map. */
    public static Mutation insert(String column, Value value) {
        return new Mutation(column, Mutator.INSERT, value);
    }

    /** Removes elements from a set, or keys from a map. */
    public static Mutation delete(String column, Value value) {
        return new Mutation(column, Mutator.DELETE, value);
    }

    public static Mutation add(String column, long amount) {
        return new Mutation(column, Mutator.ADD, Value.of(amount));
    }
}
