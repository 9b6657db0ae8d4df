/**
 * The outbox for Kafka Connect. {@link io.prism.connectors.outbox.OutboxRows}: Debezium's events of
 * inserted rows in, records of a database's internal topic out, one a row and in the order of
 * commits; events of other tables pass.
 */
@NullMarked
package io.prism.connectors.outbox;

import org.jspecify.annotations.NullMarked;
