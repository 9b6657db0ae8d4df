package io.prism.gateway.queue;

/**
 * How a group stands in a queue.
 *
 * @param depth messages from the first one on that the group has not accepted
 * @param inFlight held by streams of this gateway
 * @param deadLetters that have not been put back
 * @param consumers streams open on this gateway
 * @param stored messages in the topic, whether consumed or not
 */
public record QueueInfo(
        String group,
        int partitions,
        long depth,
        int inFlight,
        long deadLetters,
        int consumers,
        long stored) {}
