/**
 * What transactions do in a database. In: rows as clients write them, on a connection with a
 * transaction. Out: statements whose identifiers come from the catalogue and whose values are
 * bound, typed errors, and what Prism itself remembers there.
 *
 * <p>{@code RowStatement} (text and values, with what {@code relation} knows of the table) → {@code
 * RowWriter} (runs it). Beside them {@code IdempotencyTable} (answers given before), {@code
 * MailboxTable} (an outbox, read as a list) and {@code MailboxPositions}; {@code TransactSchema}
 * makes and removes what these need.
 */
@NullMarked
package io.prism.gateway.transact.table;

import org.jspecify.annotations.NullMarked;
