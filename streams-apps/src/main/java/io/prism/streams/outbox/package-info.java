/**
 * The role {@code outbox-relay}, and what comes after it. In: committed rows in Kafka, and the
 * namespaces' table. Out: messages, and outbox tables that say what was published and do not grow.
 *
 * <p>Topology → reports → stamper → retention. Where a database has no write-ahead log to read, the
 * poller asks its tables; what the log did not bring is read from the table later. Everything that
 * goes into a topic of rows from here goes there in transactions, one batch in one, so that a batch
 * is there whole and in order, or not at all.
 */
@NullMarked
package io.prism.streams.outbox;

import org.jspecify.annotations.NullMarked;
