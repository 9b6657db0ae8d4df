/**
 * From committed rows to messages. In: {@link io.prism.core.outbox.OutboxRow}s, one topic a
 * database, in commit order; and {@link io.prism.topologies.outboxrelay.Routes}: which namespaces
 * there are. Out, in one transaction: each row's message in its destination topic, and a {@link
 * io.prism.core.outbox.RelayedRow} for whoever stamps the table; or, for a row that cannot be
 * relayed, the row and its reason in the dead letters.
 *
 * <p>A row that comes twice, because its source started over, is known by its id and emitted once.
 * Rows of one namespace leave in the order in which they came.
 */
@NullMarked
package io.prism.topologies.outboxrelay;

import org.jspecify.annotations.NullMarked;
