package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargePayloadTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 5, 8, 9, LargePayload.BLOCK, LargePayload.BLOCK + 3, 3_000_000})
    void blocks_and_buffers_are_the_same_bytes(long size) throws Exception {
        // Given
        LargePayload payload = new LargePayload(3, size);

        // When
        ByteString whole = ByteString.EMPTY;
        for (long i = 0; i < payload.blocks(); i++) {
            whole = whole.concat(payload.block(i));
        }
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long bytes = 0;
        for (ByteBuffer buffer : payload.buffers(0, 100)) {
            bytes += buffer.remaining();
            digest.update(buffer);
        }

        // Then
        String expected =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256").digest(whole.toByteArray()));
        assertThat(whole.size()).isEqualTo(size);
        assertThat(bytes).isEqualTo(size);
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(expected);
        assertThat(payload.sha256()).isEqualTo(expected);
    }

    @Test
    void blocks_differ_and_the_same_seed_repeats_them() {
        LargePayload payload = new LargePayload(3, 3_000_000);

        assertThat(payload.block(0)).isNotEqualTo(payload.block(1));
        assertThat(payload.sha256()).isEqualTo(new LargePayload(3, 3_000_000).sha256());
        assertThat(payload.sha256()).isNotEqualTo(new LargePayload(4, 3_000_000).sha256());
    }
}
