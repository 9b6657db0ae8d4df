package io.prism.gateway.queue;

/**
 * A group's view of a queue.
 *
 * @param topic its name inside the namespace
 */
record QueueId(String namespace, String topic, String group) {
    /** What the backend knows the group by. */
    String backendGroup() {
        return prefix(namespace) + topic + "." + group;
    }

    /** What the table of subscriptions and the claims' journal know the group by. */
    String subscription() {
        return "queue:" + topic + ":" + group;
    }

    static String prefix(String namespace) {
        return "prism.queue." + namespace + ".";
    }
}
