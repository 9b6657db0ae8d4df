package io.prism.gateway.queue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.prism.core.claim.Claim;
import io.prism.core.claim.PayloadRef;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.RecordReader;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Payload;
import io.prism.v1.Message;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Makes messages for the wire; fetches claimed payloads. */
final class QueueMessages {
    private QueueMessages() {}

    /**
     * Empty if the group has accepted it, although its position does not say so: a kill in between
     * hands it out again, and by then its payload may be gone. Blocks while a claimed payload is
     * fetched.
     *
     * @param group what the journal knows the group by
     */
    static Optional<Message.Builder> message(
            ServedNamespace namespace,
            RecordReader.Read read,
            LeaseId id,
            String group,
            int deliveries) {
        Incoming head = read.message();
        String key = head.key();
        Message.Builder message =
                Message.newBuilder()
                        .setMessageId(id.text())
                        .setPublishedId(head.messageId())
                        .setTopic(head.topic())
                        .putAllMetadata(head.head().metadata())
                        .setKey(key == null ? "" : key)
                        .setPublishedAt(timestamp(head.publishedAt()))
                        .setPartition(head.partition())
                        .setOffset(head.offset())
                        .setDeliveryCount(deliveries);
        try {
            PrismException unreadable = read.unreadable();
            if (unreadable != null) {
                throw unreadable;
            }
            payload(message, head, namespace.chain().consume(head).join());
        } catch (CompletionException | PrismException e) {
            if (hadBefore(namespace, head, group, Errors.unwrap(e))) {
                return Optional.empty();
            }
            message.clearPayload().setError(Errors.status(e));
        }
        return Optional.of(message);
    }

    private static boolean hadBefore(
            ServedNamespace namespace, Incoming head, String group, Throwable failure) {
        Optional<Claim> claim = head.head().claim();
        return claim.isPresent()
                && failure instanceof PrismException known
                && namespace.journal().consumed(claim.get().id(), group, head.publishedAt(), known);
    }

    private static void payload(Message.Builder message, Incoming head, Incoming whole) {
        switch (whole.payload()) {
            case Payload.Inline(ByteString bytes) -> {
                long expected = head.head().claim().map(Claim::size).orElse((long) bytes.size());
                if (bytes.size() != expected) {
                    throw new PrismException(
                            ErrorCode.RECORD_UNREADABLE,
                            "the record carries a claim, but the namespace has no claim-check"
                                    + " pattern to resolve it");
                }
                message.setPayload(bytes).setPayloadSize(expected);
            }
            case Payload.Claimed(Claim claim) ->
                    message.setPayloadSize(claim.size()).setPayloadRef(PayloadRef.encode(claim));
            case Payload.Chunked chunked ->
                    throw new PrismException(
                            ErrorCode.INTERNAL,
                            "a pattern delivered a payload that is still arriving");
        }
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
