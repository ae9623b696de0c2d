package io.lamella.ovsdb;

import java.time.Duration;
import java.util.List;

/** One step of a transaction (RFC 7047 section 5.2). An empty {@code where} means every row of the table. */
public sealed interface Operation {
    /** @param name what the rest of the transaction calls the new row ({@link Value.NamedId}); empty for none */
    record Insert(String table, Row row, String name) implements Operation {}

    /** @param columns empty for all columns */
    record Select(String table, List<Condition> where, List<String> columns) implements Operation {}

    record Update(String table, List<Condition> where, Row row) implements Operation {}

    record Mutate(String table, List<Condition> where, List<Mutation> mutations) implements Operation {}

    record Delete(String table, List<Condition> where) implements Operation {}

    /**
     * Fails the transaction with {@code timed out} unless, within {@code timeout}, {@code columns} of the rows that
     * {@code where} selects are equal to {@code rows} (or differ from them, where {@code equal} is false).
     */
    record Wait(
            String table, List<Condition> where, List<String> columns, boolean equal, List<Row> rows, Duration timeout)
            implements Operation {}

    /** Goes into the server's log together with the transaction. */
    record Comment(String text) implements Operation {}

    static Operation insert(String table, Row row) {
        return new Insert(table, row, "");
    }

    static Operation insert(String table, Row row, String name) {
        return new Insert(table, row, name);
    }

    static Operation select(String table, List<Condition> where, String... columns) {
        return new Select(table, where, List.of(columns));
    }

    static Operation update(String table, List<Condition> where, Row row) {
        return new Update(table, where, row);
    }

    static Operation mutate(String table, List<Condition> where, Mutation... mutations) {
        return new Mutate(table, where, List.of(mutations));
    }

    static Operation delete(String table, List<Condition> where) {
        return new Delete(table, where);
    }

    /** For messages, for example {@code insert into Bridge}. */
    default String title() {
        return switch (this) {
            case Insert op -> "insert into " + op.table();
            case Select op -> "select from " + op.table();
            case Update op -> "update " + op.table();
            case Mutate op -> "mutate " + op.table();
            case Delete op -> "delete from " + op.table();
            case Wait op -> "wait for " + op.table();
            case Comment op -> "comment";
        };
    }
}
