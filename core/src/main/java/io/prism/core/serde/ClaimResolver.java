package io.prism.core.serde;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.header.Headers;

/**
 * From a record's headers to its payload. A claim resolves only within the configured bucket and
 * prefix, up to the configured size, and only if size and digest match: the payload is whole, or
 * there is a typed error. Thread-safe; blocks.
 */
public final class ClaimResolver {
    public static final String MAX_BYTES = "max.bytes";

    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

    private final ClaimStore store;
    private final ClaimStorage storage;
    private final long maxBytes;
    private final String lead;

    /**
     * @param store of the storage's bucket and prefix
     * @param maxBytes the largest payload that is read into memory
     * @param lead what the names of the settings begin with, for remedies
     */
    public ClaimResolver(ClaimStore store, ClaimStorage storage, long maxBytes, String lead) {
        this.store = store;
        this.storage = storage;
        this.maxBytes = maxBytes;
        this.lead = lead;
    }

    /**
     * Adds the settings of reading to a definition.
     *
     * @param lead what each name begins with
     */
    public static ConfigDef define(ConfigDef definition, String lead) {
        return definition.define(
                lead + MAX_BYTES,
                ConfigDef.Type.LONG,
                64L << 20,
                Range.between(1L, MAX_ARRAY),
                Importance.MEDIUM,
                "The largest payload that is read into memory, in bytes. A larger one is an error,"
                        + " never cut.");
    }

    /**
     * The payload behind the record's claim; empty for a record without one.
     *
     * @param topic for messages
     * @throws PrismException {@code RECORD_UNREADABLE}, {@code PAYLOAD_REF_INVALID}, {@code
     *     PAYLOAD_TOO_LARGE}, {@code CLAIM_MISSING}, {@code CLAIM_CORRUPT}, {@code
     *     STORAGE_REFUSED}; {@code STORAGE_UNAVAILABLE} where trying again may help; {@code
     *     CANCELLED} when the thread is interrupted
     */
    public Optional<byte[]> resolve(String topic, Headers headers) {
        Optional<Claim> found = claim(topic, headers);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Claim claim = found.get();
        if (claim.size() > maxBytes) {
            throw failure(
                    topic,
                    claim,
                    new PrismException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "it has " + claim.size() + " bytes, more than " + maxBytes));
        }
        try {
            return Optional.of(await(store.load(claim)));
        } catch (PrismException failure) {
            throw failure(topic, claim, failure);
        }
    }

    private Optional<Claim> claim(String topic, Headers headers) {
        // Most records carry no claim: nothing else of their headers needs to be looked at.
        if (headers.lastHeader(RecordFormat.CLAIM_ID) == null) {
            return Optional.empty();
        }
        try {
            return RecordFormat.read(headers, null).claim();
        } catch (PrismException failure) {
            throw new PrismException(
                            failure.code(),
                            "a record of topic " + topic + " is no claim: " + failure.getMessage(),
                            failure)
                    .with("topic", topic);
        }
    }

    private static byte[] await(Future<byte[]> payload) {
        try {
            return payload.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof PrismException ours) {
                throw ours;
            }
            throw new PrismException(
                    ErrorCode.INTERNAL, "reading it failed: " + failure.getCause(), failure);
        } catch (InterruptedException interrupted) {
            payload.cancel(true);
            Thread.currentThread().interrupt();
            throw new PrismException(
                    ErrorCode.CANCELLED,
                    "the thread was interrupted while reading it",
                    interrupted);
        }
    }

    /** The same error, told with topic, claim and what to do where a record is read. */
    private PrismException failure(String topic, Claim claim, PrismException cause) {
        return new PrismException(
                        cause.code(),
                        "the payload of a record in topic "
                                + topic
                                + " (claim "
                                + claim.id()
                                + ", object "
                                + claim.key()
                                + ") cannot be read: "
                                + cause.getMessage()
                                + remedy(cause.code()),
                        cause)
                .with("topic", topic)
                .with("claim_check_id", claim.id())
                .with("claim_check_key", claim.key());
    }

    private String remedy(ErrorCode code) {
        return switch (code) {
            case PAYLOAD_TOO_LARGE ->
                    "; raise "
                            + lead
                            + MAX_BYTES
                            + ", or read it in ranges with PayloadService.Fetch";
            case PAYLOAD_REF_INVALID ->
                    "; only claims in "
                            + storage.place()
                            + " resolve here: if this one is genuine, correct "
                            + lead
                            + ClaimStorage.NAMESPACE
                            + " or "
                            + lead
                            + ClaimStorage.PREFIX;
            case STORAGE_REFUSED -> "; the settings " + lead + "s3.* say how it is reached";
            case CLAIM_MISSING, CLAIM_EXPIRED, CLAIM_CORRUPT ->
                    "; skip the record, or restore the object in " + storage.place();
            default -> "";
        };
    }
}
