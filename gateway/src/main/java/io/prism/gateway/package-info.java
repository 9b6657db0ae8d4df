/**
 * The gateway: in come gRPC calls, out go records in a backend's log and events to subscribers.
 *
 * <p>{@code ingress} (gRPC) → {@code namespace} (what the namespace declares) → {@code pattern}
 * (the chain) → {@code backend} (Kafka). Subscriptions run the same chain in reverse. This package
 * is the composition root.
 */
@NullMarked
package io.prism.gateway;

import org.jspecify.annotations.NullMarked;
