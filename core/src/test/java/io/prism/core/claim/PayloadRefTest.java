package io.prism.core.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadRefTest {
    private static final UUID ID = UUID.fromString("019ab3f0-1234-7abc-8def-0123456789ab");
    private static final String SHA256 =
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    /** What version 1 looks like on the wire: subscribers may hold such tokens for days. */
    private static final String EXEMPLAR =
            "AQIBmrPwEjR6vI3vASNFZ4mrn4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgiA4syZE3ZpZGVvcy_DvC8";

    private static final Claim CLAIM =
            new Claim(ID, "videos/ü/" + ID, 5_153_960_192L, SHA256, Compression.ZSTD);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 2_000_000, 5_000_000_000L, Long.MAX_VALUE})
    void aClaimComesBackFromItsReference(long size) {
        for (Compression encoding : Compression.values()) {
            // Given
            Claim claim = new Claim(ID, "claims/videos/" + ID, size, SHA256, encoding);
            // When
            String token = PayloadRef.encode(claim);
            // Then
            assertThat(PayloadRef.decode(token)).isEqualTo(claim);
            assertThat(token).matches("[A-Za-z0-9_-]+").hasSizeLessThan(120);
        }
    }

    @Test
    void theFirstVersionStaysReadable() {
        assertThat(PayloadRef.encode(CLAIM)).isEqualTo(EXEMPLAR);
        assertThat(PayloadRef.decode(EXEMPLAR)).isEqualTo(CLAIM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "A", "AQ", "Ag", "not base64!", "AQID", "_____", "AQIBmrPwEjR6vI3v="})
    void whatIsNotAReferenceIsRefused(String token) {
        assertInvalid(token);
    }

    @Test
    void aReferenceCutShortOrGrownIsRefusedOrNamesAnotherPrefix() {
        for (int length = 0; length < EXEMPLAR.length(); length++) {
            String cut = EXEMPLAR.substring(0, length);
            try {
                assertThat(PayloadRef.decode(cut).key()).isNotEqualTo(CLAIM.key());
            } catch (PrismException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.PAYLOAD_REF_INVALID);
            }
        }
        assertInvalid(EXEMPLAR + "=");
        assertInvalid("B" + EXEMPLAR.substring(1));
    }

    private static void assertInvalid(String token) {
        assertThatThrownBy(() -> PayloadRef.decode(token))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(ErrorCode.PAYLOAD_REF_INVALID);
                            assertThat(failure.field()).isEqualTo("payload_ref");
                        });
    }
}
