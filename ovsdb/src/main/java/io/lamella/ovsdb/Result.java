package io.lamella.ovsdb;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What one operation did.
 *
 * @param count the rows that an update, mutate or delete matched; 0 for the others
 * @param id the row that an insert made
 * @param rows what a select found
 */
public record Result(long count, Optional<UUID> id, List<Row> rows) {
    public Result {
        rows = List.copyOf(rows);
    }
}
