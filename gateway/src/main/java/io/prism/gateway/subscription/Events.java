package io.prism.gateway.subscription;

import com.google.protobuf.Timestamp;
import io.prism.core.claim.Claim;
import io.prism.core.claim.PayloadRef;
import io.prism.gateway.error.Errors;
import io.prism.gateway.pattern.Incoming;
import io.prism.v1.Event;
import java.time.Instant;

/** Makes events of messages. */
final class Events {
    private Events() {}

    static Event.Builder head(Incoming message, int deliveryCount, String subscriptionId) {
        String key = message.key();
        return Event.newBuilder()
                .setMessageId(message.messageId())
                .setTopic(message.topic())
                .putAllMetadata(message.head().metadata())
                .setKey(key == null ? "" : key)
                .setPublishedAt(timestamp(message.publishedAt()))
                .setPartition(message.partition())
                .setOffset(message.offset())
                .setDeliveryCount(deliveryCount)
                .setSubscriptionId(subscriptionId);
    }

    static void reference(Event.Builder event, Claim claim) {
        event.setPayloadSize(claim.size()).setPayloadRef(PayloadRef.encode(claim));
    }

    static void error(Event.Builder event, RuntimeException failure) {
        event.setError(Errors.status(failure));
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
