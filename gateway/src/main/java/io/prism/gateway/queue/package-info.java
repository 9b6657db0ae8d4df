/**
 * Work queues. In: Subscribe, Acknowledge and Redrive calls, and the records of the partitions this
 * gateway has. Out: messages under leases, settled records, and dead letters.
 *
 * <p>Each (namespace, topic, group) has one {@link io.prism.gateway.queue.QueueHub} here, whatever
 * the number of streams: streams take from it when they have room, so a slow one holds only what it
 * took. {@link io.prism.gateway.queue.PartitionWork} reads, and remembers what is settled.
 *
 * <p>Nothing vanishes: a record leaves its group only when it was accepted, or when a copy of it is
 * durable in the dead letters. A kill -9 between the copy and the settlement repeats the message;
 * the reverse order does not occur.
 */
@NullMarked
package io.prism.gateway.queue;

import org.jspecify.annotations.NullMarked;
