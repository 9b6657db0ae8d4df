package io.prism.standalone.cli.client.subscribe;

import com.google.protobuf.Timestamp;
import io.prism.v1.Event;
import io.prism.v1.Message;
import java.util.Optional;

/**
 * What a subscriber or a queue's consumer was given.
 *
 * @param event what both are told; its {@code message_id} is what an acknowledgement names
 * @param lease only of a queue
 */
public record Delivery(Event event, Optional<Lease> lease) {
    /**
     * @param publishedId the same for every delivery of the message
     * @param until when another consumer may get it
     */
    public record Lease(String publishedId, Timestamp until) {}

    static Delivery of(Event event) {
        return new Delivery(event, Optional.empty());
    }

    static Delivery of(Message message) {
        Event.Builder event =
                Event.newBuilder()
                        .setMessageId(message.getMessageId())
                        .setTopic(message.getTopic())
                        .setPayload(message.getPayload())
                        .putAllMetadata(message.getMetadataMap())
                        .setKey(message.getKey())
                        .setPartition(message.getPartition())
                        .setOffset(message.getOffset())
                        .setDeliveryCount(message.getDeliveryCount())
                        .setPayloadSize(message.getPayloadSize())
                        .setPayloadRef(message.getPayloadRef())
                        .setSubscriptionId(message.getSubscriptionId());
        if (message.hasPublishedAt()) {
            event.setPublishedAt(message.getPublishedAt());
        }
        if (message.hasError()) {
            event.setError(message.getError());
        }
        Lease lease = new Lease(message.getPublishedId(), message.getLeaseUntil());
        return new Delivery(event.build(), Optional.of(lease));
    }

    /** Names the message, whichever delivery of it this is. */
    String publishedId() {
        return lease.map(Lease::publishedId).orElse(event.getMessageId());
    }
}
