package io.prism.gateway.subscription;

import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a Subscribe call asked for, defaults filled in.
 *
 * @param id names this stream among all
 * @param name of the durable subscription, or null for an ephemeral one
 * @param createdAt when the durable subscription was made, or null for an ephemeral one
 * @param topic as asked for, wildcards included
 * @param group the backend's group, or null for an ephemeral one
 * @param explicit whether messages wait for acknowledgement
 * @param maxInflight unacknowledged messages at most
 * @param maxInline bytes; larger claimed payloads are delivered as references
 */
record StreamSpec(
        String id,
        String namespace,
        @Nullable String name,
        @Nullable Instant createdAt,
        String topic,
        TopicSelector selector,
        StartAt start,
        @Nullable String group,
        boolean explicit,
        int maxInflight,
        long maxInline) {
    boolean durable() {
        return group != null;
    }

    /** Whether the subscription was there when the message was published. */
    boolean awaited(Instant publishedAt) {
        Instant created = createdAt;
        // A record's time has milliseconds only.
        return created != null && !created.truncatedTo(ChronoUnit.MILLIS).isAfter(publishedAt);
    }

    ReadRequest request(ReadRequest.Assignments assignments) {
        return group == null
                ? new ReadRequest.Alone(selector, start)
                : new ReadRequest.AsMember(selector, group, assignments);
    }
}
