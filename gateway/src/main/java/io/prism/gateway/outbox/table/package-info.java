/**
 * Outbox tables, as the gateway writes them. In: rows in the order of their streams. Out: rows
 * committed together, a future each, and what the database says of rows that wait.
 *
 * <p>{@code Outboxes} (one for the gateway) → {@code Outbox} (one a namespace) → {@code
 * OutboxWriter} (one a table: the queue and the thread that commits) → {@code RowSink} (the
 * statement; {@code JdbcMessages} where there is no table). {@code OutboxSchema} makes and removes
 * what the rows need; {@code OutboxSampler} asks how many wait; {@code RowReferences} tells a sweep
 * which claims rows refer to.
 */
@NullMarked
package io.prism.gateway.outbox.table;

import org.jspecify.annotations.NullMarked;
