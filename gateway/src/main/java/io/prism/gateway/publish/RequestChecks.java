package io.prism.gateway.publish;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordFormat;
import io.prism.v1.PublishRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses what a publish request must not hold, before anything is stored. */
final class RequestChecks {
    static final int MAX_METADATA_ENTRIES = 128;
    static final int MAX_METADATA_BYTES = 64 << 10;
    static final int MAX_METADATA_NAME = 256;
    static final int MAX_ID = 256;
    static final int MAX_KEY = 4096;

    private RequestChecks() {}

    static void check(PublishRequest request, @Nullable String metadataField) {
        limit("message_id", request.getMessageId(), MAX_ID);
        limit("key", request.getKey(), MAX_KEY);
        Map<String, String> metadata = request.getMetadataMap();
        if (metadata.isEmpty()) {
            return;
        }
        if (metadata.size() > MAX_METADATA_ENTRIES) {
            throw PrismException.ofField(
                            ErrorCode.METADATA_TOO_LARGE,
                            "metadata",
                            "metadata has "
                                    + metadata.size()
                                    + " entries; at most "
                                    + MAX_METADATA_ENTRIES
                                    + " are allowed: put the rest into the payload")
                    .with("entries", metadata.size())
                    .with("limit", MAX_METADATA_ENTRIES);
        }
        long bytes = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            String name = entry.getKey();
            if (name.isBlank() || name.length() > MAX_METADATA_NAME) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        "metadata",
                        "a metadata name must have 1 to " + MAX_METADATA_NAME + " characters");
            }
            if (RecordFormat.isReserved(name, metadataField)) {
                throw PrismException.ofField(
                                ErrorCode.METADATA_RESERVED,
                                "metadata[" + name + "]",
                                "metadata name "
                                        + name
                                        + " is reserved for Prism: choose another name")
                        .with("name", name);
            }
            bytes += name.length() + entry.getValue().length();
        }
        if (bytes > MAX_METADATA_BYTES) {
            throw PrismException.ofField(
                            ErrorCode.METADATA_TOO_LARGE,
                            "metadata",
                            "metadata has "
                                    + bytes
                                    + " characters; at most "
                                    + MAX_METADATA_BYTES
                                    + " are allowed: put the rest into the payload")
                    .with("limit", MAX_METADATA_BYTES);
        }
    }

    private static void limit(String field, String value, int limit) {
        if (value.length() > limit) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    field,
                    field
                            + " has "
                            + value.length()
                            + " characters; at most "
                            + limit
                            + " are allowed");
        }
    }
}
