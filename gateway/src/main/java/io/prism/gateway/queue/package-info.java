/**
 * Work queues. In: Subscribe, Acknowledge and Redrive calls, and records a {@link
 * io.prism.gateway.backend.WorkSource} holds for this gateway. Out: messages under leases, settled
 * records, and dead letters.
 *
 * <p>Each (namespace, topic, group) has one {@link io.prism.gateway.queue.QueueHub} here, whatever
 * the number of streams: streams take from it when they have room, so a slow one holds only what it
 * took. Unordered queues stand on the backend's sharing groups; ordered ones ({@code ordering:
 * key}) on {@link io.prism.gateway.queue.KeyedWork}, which reads partitions and lets one message of
 * a key out at a time.
 *
 * <p>Nothing vanishes: a record leaves its group only when it was accepted, or when a copy of it is
 * durable somewhere else (dead letters, or the queue's own end). A kill -9 between the copy and the
 * settlement repeats the message; the reverse order does not occur.
 */
@NullMarked
package io.prism.gateway.queue;

import org.jspecify.annotations.NullMarked;
