package io.prism.gateway.ingress;

import com.google.protobuf.Timestamp;
import io.prism.gateway.error.Errors;
import io.prism.gateway.pattern.Receipt;
import io.prism.v1.PublishResponse;
import java.time.Instant;

/** Makes responses of receipts. */
final class Responses {
    private Responses() {}

    static PublishResponse of(Receipt receipt) {
        return PublishResponse.newBuilder()
                .setSuccess(true)
                .setMessageId(receipt.messageId())
                .setPartition(receipt.partition())
                .setOffset(receipt.offset())
                .setPublishedAt(timestamp(receipt.publishedAt()))
                .setPosition("kafka:" + receipt.partition() + ":" + receipt.offset())
                .setDuplicate(receipt.duplicate())
                .build();
    }

    static PublishResponse of(Throwable failure) {
        return PublishResponse.newBuilder()
                .setSuccess(false)
                .setError(Errors.status(failure))
                .build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
