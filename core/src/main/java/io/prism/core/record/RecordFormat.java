package io.prism.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Writes and reads record headers; {@link #read} is the inverse of {@link #write}. */
public final class RecordFormat {
    public static final String ID = "prism-id";
    public static final String NAMESPACE = "prism-namespace";
    public static final String PATTERNS = "prism-patterns";
    public static final String TRACEPARENT = "traceparent";
    public static final String CLAIM_ID = "claim_check_id";
    public static final String CLAIM_SIZE = "payload_size";
    public static final String CLAIM_SHA256 = "claim_check_sha256";
    public static final String CLAIM_ENCODING = "claim_check_encoding";
    public static final String CLAIM_KEY = "claim_check_key";

    /** In derived topics, on a claim too large for them: where its payload can be got. */
    public static final String PAYLOAD_URL = "prism-payload-url";

    /** In derived topics, on a claim whose payload cannot be had: the error's code. */
    public static final String ERROR = "prism-error";

    private static final String OWN_PREFIX = "prism-";
    private static final String CLAIM_PREFIX = "claim_check_";
    private static final Set<String> CLAIM_HEADERS =
            Set.of(CLAIM_ID, CLAIM_SIZE, CLAIM_SHA256, CLAIM_ENCODING, CLAIM_KEY);

    private RecordFormat() {}

    /** Whether a client may not use this name for its own metadata (design decision 6). */
    public static boolean isReserved(String name, @Nullable String metadataField) {
        return name.startsWith(OWN_PREFIX)
                || name.startsWith(CLAIM_PREFIX)
                || name.equals(CLAIM_SIZE)
                || name.equals(metadataField);
    }

    /** Whether this is one of the headers that only a claimed record has. */
    public static boolean isClaimHeader(String name) {
        return CLAIM_HEADERS.contains(name);
    }

    /**
     * A record's headers.
     *
     * @param namespace the namespace's name in UTF-8, and patterns likewise: the same arrays for
     *     every record
     * @param metadataField a further header for the claim's id, or null
     */
    public static Headers write(
            String id,
            byte[] namespace,
            byte[] patterns,
            @Nullable Claim claim,
            @Nullable String metadataField,
            Map<String, String> metadata) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(ID, id.getBytes(UTF_8));
        headers.add(NAMESPACE, namespace);
        if (patterns.length > 0) {
            headers.add(PATTERNS, patterns);
        }
        if (claim != null) {
            byte[] claimId = claim.id().toString().getBytes(UTF_8);
            headers.add(CLAIM_ID, claimId);
            headers.add(CLAIM_SIZE, Long.toString(claim.size()).getBytes(UTF_8));
            headers.add(CLAIM_SHA256, claim.sha256().getBytes(UTF_8));
            headers.add(CLAIM_ENCODING, encodingLabel(claim.encoding()).getBytes(UTF_8));
            headers.add(CLAIM_KEY, claim.key().getBytes(UTF_8));
            if (metadataField != null && !metadataField.equals(CLAIM_ID)) {
                headers.add(metadataField, claimId);
            }
        }
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            headers.add(entry.getKey(), entry.getValue().getBytes(UTF_8));
        }
        return headers;
    }

    /**
     * Reads what {@link #write} wrote; also headers of records that other producers wrote into the
     * topic.
     *
     * @param metadataField the namespace's further header for the claim's id, which is not the
     *     user's; or null
     * @throws PrismException RECORD_UNREADABLE if the claim's headers are incomplete or malformed
     */
    public static RecordHead read(Headers headers, @Nullable String metadataField) {
        String id = null;
        String namespace = null;
        String patterns = "";
        Map<String, String> claim = null;
        Map<String, String> metadata = new HashMap<>();
        for (Header header : headers) {
            String name = header.key();
            String value = text(header.value());
            if (name.equals(ID)) {
                id = value;
            } else if (name.equals(NAMESPACE)) {
                namespace = value;
            } else if (name.equals(PATTERNS)) {
                patterns = value == null ? "" : value;
            } else if (CLAIM_HEADERS.contains(name)) {
                claim = claim == null ? new HashMap<>() : claim;
                claim.put(name, value == null ? "" : value);
            } else if (!isReserved(name, metadataField) && value != null) {
                metadata.put(name, value);
            }
        }
        return new RecordHead(
                Optional.ofNullable(id),
                Optional.ofNullable(namespace),
                patterns,
                claim == null || !claim.containsKey(CLAIM_ID)
                        ? Optional.empty()
                        : Optional.of(claim(claim)),
                metadata);
    }

    /** Removes what {@link #write} added for a claim. */
    public static void removeClaim(Headers headers, @Nullable String metadataField) {
        CLAIM_HEADERS.forEach(headers::remove);
        if (metadataField != null) {
            headers.remove(metadataField);
        }
    }

    /** As stored in {@code claim_check_encoding}. */
    public static String encodingLabel(Compression encoding) {
        return encoding.name().toLowerCase(Locale.ROOT);
    }

    private static Claim claim(Map<String, String> headers) {
        try {
            return new Claim(
                    UUID.fromString(required(headers, CLAIM_ID)),
                    required(headers, CLAIM_KEY),
                    Long.parseLong(required(headers, CLAIM_SIZE)),
                    required(headers, CLAIM_SHA256),
                    Compression.valueOf(
                            required(headers, CLAIM_ENCODING).toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new PrismException(
                    ErrorCode.RECORD_UNREADABLE,
                    "the record's claim headers are malformed ("
                            + e.getMessage()
                            + "); it was not written by Prism, or by a newer one",
                    e);
        }
    }

    private static String required(Map<String, String> headers, String name) {
        String value = headers.get(name);
        if (value == null) {
            throw new IllegalArgumentException("header " + name + " is missing");
        }
        return value;
    }

    /** Null for a null value or one that is not UTF-8: such a header is not Prism's. */
    private static @Nullable String text(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
