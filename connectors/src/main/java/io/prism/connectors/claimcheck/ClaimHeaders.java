package io.prism.connectors.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.record.RecordFormat;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Prism's headers between Kafka's form, bytes, and Connect's, values: whatever a header converter
 * made of them (bytes, a string, for {@code payload_size} also a number) reads as the same text.
 */
final class ClaimHeaders {
    /** What headers are written as; the connector's {@code header.converter} must take it. */
    enum Form {
        STRING,
        BYTES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private ClaimHeaders() {}

    static boolean hasClaim(Headers headers) {
        return headers.lastWithName(RecordFormat.CLAIM_ID) != null;
    }

    /** The headers of a claim, and only those, as the topic holds them. */
    static org.apache.kafka.common.header.Headers toKafka(Headers headers) {
        RecordHeaders claim = new RecordHeaders();
        for (Header header : headers) {
            byte[] value =
                    RecordFormat.isClaimHeader(header.key())
                            ? bytes(header.schema(), header.value())
                            : null;
            if (value != null) {
                claim.add(header.key(), value);
            }
        }
        return claim;
    }

    private static byte @Nullable [] bytes(@Nullable Schema schema, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> bytes;
            case ByteBuffer buffer -> {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.duplicate().get(bytes);
                yield bytes;
            }
            default -> Values.convertToString(schema, value).getBytes(UTF_8);
        };
    }

    /** Sets these headers, replacing others of their names. */
    static void set(Headers headers, Iterable<org.apache.kafka.common.header.Header> own, Form as) {
        for (var header : own) {
            headers.remove(header.key());
            switch (as) {
                case STRING -> headers.addString(header.key(), new String(header.value(), UTF_8));
                case BYTES -> headers.addBytes(header.key(), header.value());
            }
        }
    }

    /** A copy without the headers of a claim. */
    static Headers withoutClaim(Headers headers) {
        Headers rest = headers.duplicate();
        headers.forEach(
                header -> {
                    if (RecordFormat.isClaimHeader(header.key())) {
                        rest.remove(header.key());
                    }
                });
        return rest;
    }
}
