package io.prism.core.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordFormat;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClaimCheckDeserializerTest {
    private static final String TOPIC = "videos.raw";

    private final TimeOrderedIds ids = new TimeOrderedIds(Clock.systemUTC(), new Random(7));
    private final AtomicInteger closed = new AtomicInteger();

    private static Map<String, Object> properties(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", "localhost:9092");
        properties.put("prism.claim.check.namespace", "videos");
        properties.putAll(more);
        return properties;
    }

    private static ClaimStorage storage(Map<String, Object> more) {
        return new ClaimCheckDeserializerConfig(properties(more)).storage();
    }

    private ClaimStore store(Compression compression) {
        return new InMemoryClaimStore(
                storage(Map.of()).claimCheck(new DataSize(0), compression), ids, Clock.systemUTC());
    }

    private <T> ClaimCheckDeserializer<T> deserializer(ClaimStore store, Map<String, Object> more) {
        ClaimCheckDeserializer<T> deserializer =
                new ClaimCheckDeserializer<>(storage -> new OneStore(store));
        deserializer.configure(properties(more), false);
        return deserializer;
    }

    private static Claim stored(ClaimStore store, byte[] payload) {
        return store.store(List.of(ByteBuffer.wrap(payload))).join();
    }

    @ParameterizedTest
    @EnumSource
    void aClaimBecomesThePayloadItStandsFor(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = "abc".repeat(50_000).getBytes(UTF_8);
        Headers headers = Samples.claimed(stored(store, payload));
        // When
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            byte[] value = deserializer.deserialize(TOPIC, headers, new byte[0]);
            // Then
            assertThat(value).isEqualTo(payload);
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void aRecordWithoutAClaimPassesAsItIs() {
        try (ClaimCheckDeserializer<byte[]> deserializer =
                deserializer(store(Compression.IDENTITY), Map.of())) {
            byte[] value = Samples.random(100);
            assertThat(deserializer.deserialize(TOPIC, Samples.inline(), value)).isSameAs(value);
            assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), value)).isSameAs(value);
            assertThat(deserializer.deserialize(TOPIC, value)).isSameAs(value);
            assertThat(deserializer.deserialize(TOPIC, Samples.inline(), (byte[]) null)).isNull();
        }
    }

    @Test
    void aTombstoneStaysOneWhateverItsHeadersSay() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Headers headers = Samples.claimed(stored(store, Samples.random(10)));
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            assertThat(deserializer.deserialize(TOPIC, headers, (byte[]) null)).isNull();
        }
    }

    @Test
    void theInnerDeserializerMakesTheValueOfClaimedAndInlinePayloadsAlike() {
        // Given
        ClaimStore store = store(Compression.ZSTD);
        String payload = "grüße ".repeat(10_000);
        Headers headers = Samples.claimed(stored(store, payload.getBytes(UTF_8)));
        // When, then
        try (ClaimCheckDeserializer<String> deserializer =
                deserializer(
                        store,
                        Map.of(
                                "prism.claim.check.value.deserializer",
                                StringDeserializer.class.getName()))) {
            assertThat(deserializer.deserialize(TOPIC, headers, new byte[0])).isEqualTo(payload);
            assertThat(deserializer.deserialize(TOPIC, Samples.inline(), new byte[] {'a'}))
                    .isEqualTo("a");
        }
    }

    @Test
    void theInnerDeserializersOwnErrorIsNotDisguised() {
        ClaimStore store = store(Compression.IDENTITY);
        Headers headers = Samples.claimed(stored(store, Samples.random(3)));
        try (ClaimCheckDeserializer<Long> deserializer =
                deserializer(
                        store,
                        Map.of("prism.claim.check.value.deserializer", LongDeserializer.class))) {
            assertThatThrownBy(() -> deserializer.deserialize(TOPIC, headers, new byte[0]))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("LongDeserializer");
        }
    }

    @Test
    void aClaimOfAnotherNamespaceDoesNotResolveAndTheErrorSaysWhichDo() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Claim mine = stored(store, Samples.random(10));
        Claim forged =
                new Claim(
                        mine.id(),
                        "secrets/" + mine.id(),
                        mine.size(),
                        mine.sha256(),
                        mine.encoding());
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            assertFails(
                    ErrorCode.PAYLOAD_REF_INVALID,
                    () -> deserializer.deserialize(TOPIC, Samples.claimed(forged), new byte[0]),
                    TOPIC,
                    "secrets/" + mine.id(),
                    "s3://prism-claims/videos/",
                    "prism.claim.check.s3.prefix");
        }
    }

    @Test
    void aPayloadThatIsNotTheOnePublishedIsAnErrorAndNeverAValue() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Claim claim = stored(store, Samples.random(10));
        Claim other =
                new Claim(claim.id(), claim.key(), claim.size(), "0".repeat(64), claim.encoding());
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            assertFails(
                    ErrorCode.CLAIM_CORRUPT,
                    () -> deserializer.deserialize(TOPIC, Samples.claimed(other), new byte[0]),
                    claim.key());
        }
    }

    @Test
    void aPayloadThatIsGoneIsAnErrorThatNamesTopicAndClaim() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Claim claim = stored(store, Samples.random(10));
        store.delete(List.of(claim));
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            assertFails(
                    ErrorCode.CLAIM_MISSING,
                    () -> deserializer.deserialize(TOPIC, Samples.claimed(claim), new byte[0]),
                    TOPIC,
                    claim.id().toString(),
                    "skip the record");
        }
    }

    @Test
    void aPayloadAboveTheLimitIsRefusedAndOneAtTheLimitIsNot() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Headers atLimit = Samples.claimed(stored(store, Samples.random(1000)));
        Headers above = Samples.claimed(stored(store, Samples.random(1001)));
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer =
                deserializer(store, Map.of("prism.claim.check.max.bytes", "1000"))) {
            assertThat(deserializer.deserialize(TOPIC, atLimit, new byte[0])).hasSize(1000);
            assertFails(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    () -> deserializer.deserialize(TOPIC, above, new byte[0]),
                    "1001",
                    "prism.claim.check.max.bytes");
        }
    }

    @Test
    void claimHeadersThatAreIncompleteAreAnError() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Headers headers = Samples.claimed(stored(store, Samples.random(10)));
        headers.remove(RecordFormat.CLAIM_SHA256);
        // When, then
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(store, Map.of())) {
            assertFails(
                    ErrorCode.RECORD_UNREADABLE,
                    () -> deserializer.deserialize(TOPIC, headers, new byte[0]),
                    TOPIC,
                    "claim_check_sha256");
        }
    }

    @Test
    void anInterruptedThreadGetsKafkasInterruptException() {
        ClaimStore store = store(Compression.IDENTITY);
        Headers headers = Samples.claimed(stored(store, Samples.random(10)));
        ClaimStore never =
                (ClaimStore)
                        java.lang.reflect.Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ClaimStore.class},
                                (proxy, method, arguments) ->
                                        new java.util.concurrent.CompletableFuture<byte[]>());
        try (ClaimCheckDeserializer<byte[]> deserializer = deserializer(never, Map.of())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> deserializer.deserialize(TOPIC, headers, new byte[0]))
                    .isInstanceOf(InterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "namespace,'',",
        "namespace,Videos,lower-case",
        "s3.endpoint,localhost:9000,https://s3.example.com",
        "s3.endpoint,'http://a b',https://s3.example.com",
        "s3.prefix,../secrets/,without . and ..",
        "s3.prefix,/videos/,leading slash",
        "s3.access.key,only-one,belong together",
        "max.bytes,0,",
    })
    void aWrongSettingIsNamed(String setting, String value, String message) {
        assertThatThrownBy(
                        () ->
                                deserializer(
                                        store(Compression.IDENTITY),
                                        Map.of("prism.claim.check." + setting, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("prism.claim.check." + setting)
                .hasMessageContaining(message == null ? "" : message);
    }

    @Test
    void theNamespaceIsRequiredAndTheRestHasDefaults() {
        ClaimStorage storage = storage(Map.of());
        assertThat(storage.place()).isEqualTo("s3://prism-claims/videos/");
        assertThat(storage.client().endpoint()).isEmpty();
        assertThat(storage.client().accessKey()).isEmpty();
        assertThat(new ClaimCheckDeserializerConfig(properties(Map.of())).maxBytes())
                .isEqualTo(64 << 20);
        assertThatThrownBy(() -> new ClaimCheckDeserializerConfig(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("prism.claim.check.namespace");
    }

    @Test
    void aPrefixIsTheSameWithAndWithoutItsSlash() {
        assertThat(storage(Map.of("prism.claim.check.s3.prefix", "team/videos")).prefix())
                .isEqualTo("team/videos/");
        assertThat(storage(Map.of("prism.claim.check.s3.prefix", "team/videos/")).prefix())
                .isEqualTo("team/videos/");
    }

    @Test
    void itIsNoKeyDeserializer() {
        assertThatThrownBy(
                        () -> new ClaimCheckDeserializer<>().configure(properties(Map.of()), true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("value.deserializer");
    }

    @Test
    void theSecretIsNotShown() {
        ClaimCheckDeserializerConfig config =
                new ClaimCheckDeserializerConfig(
                        properties(
                                Map.of(
                                        "prism.claim.check.s3.access.key",
                                        "AK",
                                        "prism.claim.check.s3.secret.key",
                                        "hush")));
        assertThat(config.values().toString()).doesNotContain("hush");
        assertThat(config.storage().toString()).doesNotContain("hush");
        assertThat(config.storage().client().secretKey()).hasValue("hush");
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call, String... told) {
        assertThatThrownBy(call)
                .isInstanceOf(SerializationException.class)
                .hasMessageContainingAll(told)
                .cause()
                .isInstanceOfSatisfying(
                        PrismException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code));
    }

    /** One store, whatever is asked for. */
    private final class OneStore implements ClaimStores {
        private final ClaimStore store;

        OneStore(ClaimStore store) {
            this.store = store;
        }

        @Override
        public ClaimStore of(NamespaceName namespace, PatternSpec.ClaimCheck claimCheck) {
            return store;
        }

        @Override
        public void checkReachable() {}

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
