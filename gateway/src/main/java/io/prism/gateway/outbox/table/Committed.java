package io.prism.gateway.outbox.table;

import java.time.Instant;

/**
 * A row that is in the database.
 *
 * @param position {@code pg:} and the end of the write-ahead log when the row was written, which is
 *     just before its commit; empty for a duplicate
 * @param at when it was created, by the database's clock
 * @param duplicate another row had the id before; these are its data
 */
public record Committed(String position, Instant at, boolean duplicate) {}
