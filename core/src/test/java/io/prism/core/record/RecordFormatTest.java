package io.prism.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class RecordFormatTest {
    private static final Claim CLAIM =
            new Claim(
                    UUID.fromString("0199a4d5-8c00-7000-8000-000000000001"),
                    "videos/0199a4d5-8c00-7000-8000-000000000001",
                    10_000_000,
                    "a".repeat(64),
                    Compression.GZIP);

    /**
     * The headers of a claimed record of version 1, to the byte: records in topics look like this
     * for good.
     */
    private static final Map<String, String> EXEMPLAR_1 = exemplar();

    private static Map<String, String> exemplar() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("prism-id", "m-1");
        headers.put("prism-namespace", "videos");
        headers.put("prism-patterns", "claim-check@1");
        headers.put("claim_check_id", "0199a4d5-8c00-7000-8000-000000000001");
        headers.put("payload_size", "10000000");
        headers.put("claim_check_sha256", "a".repeat(64));
        headers.put("claim_check_encoding", "gzip");
        headers.put("claim_check_key", "videos/0199a4d5-8c00-7000-8000-000000000001");
        headers.put("video-ref", "0199a4d5-8c00-7000-8000-000000000001");
        headers.put("user", "ünïcode");
        return headers;
    }

    private static Headers written() {
        return RecordFormat.write(
                "m-1",
                "videos".getBytes(UTF_8),
                "claim-check@1".getBytes(UTF_8),
                CLAIM,
                "video-ref",
                Map.of("user", "ünïcode"));
    }

    @Test
    void aRecordOfVersion1LooksLikeItsExemplar() {
        Map<String, String> actual = new LinkedHashMap<>();
        written().forEach(h -> actual.put(h.key(), new String(h.value(), UTF_8)));
        assertThat(actual).containsExactlyEntriesOf(EXEMPLAR_1);
    }

    @Test
    void theExemplarOfVersion1IsRead() {
        RecordHeaders headers = new RecordHeaders();
        EXEMPLAR_1.forEach((name, value) -> headers.add(name, value.getBytes(UTF_8)));
        RecordHead head = RecordFormat.read(headers, "video-ref");
        assertThat(head.id()).contains("m-1");
        assertThat(head.namespace()).contains("videos");
        assertThat(head.patterns()).isEqualTo("claim-check@1");
        assertThat(head.claim()).contains(CLAIM);
        assertThat(head.metadata()).containsExactly(Map.entry("user", "ünïcode"));
    }

    @Test
    void aClaimedRecordHasLessThan1KbOfItsOwn() {
        int bytes = 0;
        for (var header : written()) {
            bytes += header.key().length() + header.value().length;
        }
        assertThat(bytes).isLessThan(1_000);
    }

    @Test
    void aRecordOfAnotherProducerIsReadAsFarAsItGoes() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("text", "value".getBytes(UTF_8));
        headers.add("binary", new byte[] {(byte) 0xff, 0});
        headers.add("null", null);
        RecordHead head = RecordFormat.read(headers, null);
        assertThat(head.id()).isEqualTo(Optional.empty());
        assertThat(head.claim()).isEmpty();
        assertThat(head.metadata()).containsExactly(Map.entry("text", "value"));
    }

    @Test
    void aMalformedClaimIsATypedError() {
        for (String broken :
                new String[] {"claim_check_id", "payload_size", "claim_check_encoding"}) {
            RecordHeaders headers = new RecordHeaders();
            EXEMPLAR_1.forEach(
                    (name, value) ->
                            headers.add(name, (name.equals(broken) ? "?" : value).getBytes(UTF_8)));
            assertThatThrownBy(() -> RecordFormat.read(headers, null))
                    .isInstanceOfSatisfying(
                            PrismException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.RECORD_UNREADABLE));
        }
    }

    @Test
    void namesThatPrismWritesAreReserved() {
        assertThat(RecordFormat.isReserved("prism-id", null)).isTrue();
        assertThat(RecordFormat.isReserved("claim_check_key", null)).isTrue();
        assertThat(RecordFormat.isReserved("payload_size", null)).isTrue();
        assertThat(RecordFormat.isReserved("ref", "ref")).isTrue();
        assertThat(RecordFormat.isReserved("ref", null)).isFalse();
    }
}
