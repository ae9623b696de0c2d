package io.lamella.ovsdb;

import java.util.Optional;
import java.util.UUID;

/**
 * One row's change.
 *
 * @param before the monitored columns that changed, with their former values; empty for a new row
 * @param after all monitored columns; empty for a deleted row
 */
public record RowChange(String table, UUID id, Optional<Row> before, Optional<Row> after) {}
