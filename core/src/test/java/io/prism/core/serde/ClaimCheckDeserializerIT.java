package io.prism.core.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.EmbeddedS3;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As Kafka makes and configures it, on a real S3 server. */
class ClaimCheckDeserializerIT {
    private static final String TOPIC = "videos.raw";

    @TempDir static Path directory;
    static EmbeddedS3 s3;

    @BeforeAll
    static void startServer() throws Exception {
        s3 = new EmbeddedS3(directory);
    }

    @AfterAll
    static void stopServer() {
        s3.close();
    }

    private static Map<String, Object> properties(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("prism.claim.check.namespace", "videos");
        properties.put("prism.claim.check.s3.endpoint", s3.endpoint().toString());
        properties.put("prism.claim.check.s3.access.key", EmbeddedS3.ACCESS_KEY);
        properties.put("prism.claim.check.s3.secret.key", EmbeddedS3.SECRET_KEY);
        properties.putAll(more);
        return properties;
    }

    private static Deserializer<byte[]> deserializer(Map<String, Object> more) throws Exception {
        @SuppressWarnings("unchecked")
        Deserializer<byte[]> made =
                Utils.newInstance("io.prism.core.serde.ClaimCheckDeserializer", Deserializer.class);
        made.configure(properties(more), false);
        return made;
    }

    /** Stores as the gateway does, in the place that the properties name. */
    private static Claim stored(byte[] payload, Compression compression) {
        ClaimStorage storage = new ClaimCheckDeserializerConfig(properties(Map.of())).storage();
        Clock clock = Clock.systemUTC();
        try (ClaimStores stores = storage.open(new TimeOrderedIds(clock, new Random()), clock)) {
            ClaimStore store =
                    stores.of(
                            storage.namespace(), storage.claimCheck(new DataSize(0), compression));
            store.ensureReady();
            return store.store(List.of(ByteBuffer.wrap(payload))).join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClaimInABucketBecomesItsPayload(Compression compression) throws Exception {
        // Given
        byte[] payload = new byte[12_000_000];
        new Random(1).nextBytes(payload);
        java.util.Arrays.fill(payload, 0, 6_000_000, (byte) 'x');
        Claim claim = stored(payload, compression);
        // When
        try (Deserializer<byte[]> deserializer = deserializer(Map.of())) {
            byte[] value = deserializer.deserialize(TOPIC, Samples.claimed(claim), new byte[0]);
            // Then
            assertThat(value).isEqualTo(payload);
        }
    }

    @Test
    void aClaimResolvesOnlyUnderTheConfiguredPrefix() throws Exception {
        // Given
        Claim claim = stored(Samples.random(1000), Compression.IDENTITY);
        // When, then
        try (Deserializer<byte[]> deserializer =
                deserializer(Map.of("prism.claim.check.s3.prefix", "others/"))) {
            assertThatThrownBy(
                            () ->
                                    deserializer.deserialize(
                                            TOPIC, Samples.claimed(claim), new byte[0]))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("s3://prism-claims/others/")
                    .cause()
                    .isInstanceOfSatisfying(
                            PrismException.class,
                            failure ->
                                    assertThat(failure.code())
                                            .isEqualTo(ErrorCode.PAYLOAD_REF_INVALID));
        }
    }

    @Test
    void aWrongSecretIsAnErrorThatNamesTheSettings() throws Exception {
        Claim claim = stored(Samples.random(1000), Compression.IDENTITY);
        try (Deserializer<byte[]> deserializer =
                deserializer(Map.of("prism.claim.check.s3.secret.key", "wrong"))) {
            assertThatThrownBy(
                            () ->
                                    deserializer.deserialize(
                                            TOPIC, Samples.claimed(claim), new byte[0]))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("prism.claim.check.s3.")
                    .hasMessageContaining("STORAGE_REFUSED")
                    .hasMessageNotContaining("wrong");
        }
    }
}
