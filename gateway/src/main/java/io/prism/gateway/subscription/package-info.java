/**
 * From the log to subscribers. In: a subscription's records and its acknowledgements. Out: events
 * in order per partition, as fast as the subscriber reads them, and the group's positions.
 *
 * <p>{@code LogReader} → {@code SubscriptionStream} (reader thread → bounded queue → sender) →
 * {@code EventSink}. A subscriber that stops reading stops its own reader; nothing else waits for
 * it.
 */
@NullMarked
package io.prism.gateway.subscription;

import org.jspecify.annotations.NullMarked;
