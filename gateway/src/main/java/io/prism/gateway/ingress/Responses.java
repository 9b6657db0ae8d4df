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
        PublishResponse.Builder response =
                PublishResponse.newBuilder()
                        .setSuccess(true)
                        .setMessageId(receipt.messageId())
                        .setPublishedAt(timestamp(receipt.publishedAt()))
                        .setDuplicate(receipt.duplicate());
        switch (receipt.place()) {
            case Receipt.InLog(int partition, long offset) ->
                    response.setPartition(partition)
                            .setOffset(offset)
                            .setPosition("kafka:" + partition + ":" + offset);
            case Receipt.InDatabase(String position) -> response.setPosition(position);
        }
        return response.build();
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
