package io.prism.connectors.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordFormat;
import io.prism.core.record.RecordHead;
import io.prism.core.serde.ClaimStorage;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimCheckTransformsTest {
    private static final String TOPIC = "videos.raw";
    private static final SimpleHeaderConverter CONVERTER = new SimpleHeaderConverter();

    private final TimeOrderedIds ids = new TimeOrderedIds(Clock.systemUTC(), new Random(7));
    private final ClaimStore bucket =
            new InMemoryClaimStore(
                    ClaimStorage.of(
                                    new TransformConfig(
                                            ClaimCheckStore.DEFINITION,
                                            Map.of("namespace", "videos")),
                                    "")
                            .claimCheck(new DataSize(0), Compression.ZSTD),
                    ids,
                    Clock.systemUTC());

    private static Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("namespace", "videos");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private ClaimCheckStore<SourceRecord> store(String... more) {
        ClaimCheckStore<SourceRecord> store =
                new ClaimCheckStore<>(ids, storage -> new OneStore(bucket));
        store.configure(settings(more));
        return store;
    }

    private ClaimCheckRestore<SinkRecord> restore(ClaimStore from, String... more) {
        ClaimCheckRestore<SinkRecord> restore =
                new ClaimCheckRestore<>(storage -> new OneStore(from));
        restore.configure(settings(more));
        return restore;
    }

    private static SourceRecord source(@Nullable Schema schema, @Nullable Object value) {
        SourceRecord record =
                new SourceRecord(
                        Map.of("file", "a"),
                        Map.of("position", 7L),
                        TOPIC,
                        3,
                        Schema.STRING_SCHEMA,
                        "key",
                        schema,
                        value,
                        1234L);
        record.headers().addString("tenant", "a");
        return record;
    }

    private static SinkRecord sink(ConnectRecord<?> record, Headers headers) {
        return new SinkRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                17,
                record.timestamp(),
                TimestampType.CREATE_TIME,
                headers);
    }

    /** As the topic holds the headers, through Connect's default header converter. */
    private static RecordHead onTheTopic(SourceRecord record) {
        RecordHeaders kafka = new RecordHeaders();
        for (Header header : record.headers()) {
            kafka.add(
                    header.key(),
                    header.schema() != null && header.schema().type() == Schema.Type.BYTES
                            ? (byte[]) header.value()
                            : CONVERTER.fromConnectHeader(
                                    TOPIC, header.key(), header.schema(), header.value()));
        }
        return RecordFormat.read(kafka, null);
    }

    /** As a sink connector sees the headers, whose types Connect's default converter guesses. */
    private static Headers guessed(SourceRecord record) {
        ConnectHeaders seen = new ConnectHeaders();
        for (Header header : record.headers()) {
            byte[] kafka =
                    CONVERTER.fromConnectHeader(
                            TOPIC, header.key(), header.schema(), header.value());
            seen.add(header.key(), CONVERTER.toConnectHeader(TOPIC, header.key(), kafka));
        }
        return seen;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "bytes"})
    void aLargeValueBecomesAClaimAsTheGatewayWritesIt(String form) {
        // Given
        byte[] payload = random(1_000_001);
        // When
        SourceRecord record =
                store("header.form", form).apply(source(Schema.BYTES_SCHEMA, payload));
        RecordHead head = onTheTopic(record);
        // Then
        assertThat((byte[]) record.value()).isEmpty();
        assertThat(record.valueSchema()).isEqualTo(Schema.BYTES_SCHEMA);
        assertThat(head.namespace()).hasValue("videos");
        assertThat(head.patterns()).isEqualTo("claim-check@1");
        assertThat(head.id()).isPresent();
        assertThat(head.metadata()).containsExactly(Map.entry("tenant", "a"));
        Claim claim = head.claim().orElseThrow();
        assertThat(claim.size()).isEqualTo(payload.length);
        assertThat(claim.key()).isEqualTo("videos/" + claim.id());
        assertThat(bucket.load(claim).join()).isEqualTo(payload);
    }

    @Test
    void whatIsNotTheValueStaysAsItWas() {
        // Given
        SourceRecord before = source(null, random(1_000_001));
        // When
        SourceRecord after = store().apply(before);
        // Then
        assertThat(after.key()).isEqualTo("key");
        assertThat(after.kafkaPartition()).isEqualTo(3);
        assertThat(after.timestamp()).isEqualTo(1234);
        assertThat(after.sourceOffset()).isEqualTo(before.sourceOffset());
        assertThat(before.headers()).as("the record it was made of").hasSize(1);
        assertThat((byte[]) before.value()).hasSize(1_000_001);
    }

    @ParameterizedTest
    @CsvSource({"0,0,false", "1,0,true", "999,999,false", "1000,999,true"})
    void onlyAValueLargerThanTheThresholdIsStored(int size, String threshold, boolean stored) {
        SourceRecord record = source(null, new byte[size]);
        SourceRecord after = store("threshold.bytes", threshold).apply(record);
        assertThat(after.headers().lastWithName("claim_check_id") != null).isEqualTo(stored);
        assertThat(bucket.usage().claims()).isEqualTo(stored ? 1 : 0);
    }

    @Test
    void aTombstonePassesBothWays() {
        SourceRecord record = source(Schema.OPTIONAL_BYTES_SCHEMA, null);
        assertThat(store().apply(record)).isSameAs(record);
        SinkRecord claimed = sink(record, headersOf(random(10)));
        assertThat(restore(bucket).apply(claimed)).isSameAs(claimed);
    }

    private Headers headersOf(byte[] payload) {
        return store("threshold.bytes", "0").apply(source(null, payload)).headers();
    }

    @Test
    void aRecordThatIsAClaimAlreadyIsNotStoredAgain() {
        SourceRecord once = store().apply(source(null, random(1_000_001)));
        assertThat(store("threshold.bytes", "0").apply(once)).isSameAs(once);
        assertThat(bucket.usage().claims()).isEqualTo(1);
    }

    @Test
    void anIdThatTheRecordHasIsKept() {
        SourceRecord record = source(null, random(1_000_001));
        record.headers().addString("prism-id", "mine").addString("prism-namespace", "other");
        RecordHead head = onTheTopic(store().apply(record));
        assertThat(head.id()).hasValue("mine");
        assertThat(head.namespace()).hasValue("videos");
    }

    @Test
    void restoringGivesTheValueBackAndTakesTheClaimAway() {
        // Given
        byte[] payload = random(1_500_000);
        SourceRecord stored = store().apply(source(Schema.OPTIONAL_BYTES_SCHEMA, payload));
        // When
        SinkRecord restored = restore(bucket).apply(sink(stored, guessed(stored)));
        // Then
        assertThat((byte[]) restored.value()).isEqualTo(payload);
        assertThat(restored.valueSchema()).isEqualTo(Schema.OPTIONAL_BYTES_SCHEMA);
        assertThat(restored.kafkaOffset()).isEqualTo(17);
        assertThat(restored.headers())
                .extracting(Header::key)
                .containsExactlyInAnyOrder(
                        "tenant", "prism-id", "prism-namespace", "prism-patterns");
    }

    @Test
    void textIsTextAgain() {
        // Given
        String text = "grüße ".repeat(300_000);
        // When
        SourceRecord stored = store().apply(source(Schema.STRING_SCHEMA, text));
        SinkRecord restored = restore(bucket).apply(sink(stored, guessed(stored)));
        // Then
        assertThat(stored.value()).isEqualTo("");
        assertThat(restored.value()).isEqualTo(text);
    }

    @Test
    void aBufferIsTakenAndLeftAsItWas() {
        // Given
        ByteBuffer value = ByteBuffer.wrap(random(1_500_000), 100, 1_200_000);
        // When
        SourceRecord stored = store().apply(source(Schema.BYTES_SCHEMA, value));
        // Then
        assertThat(value.remaining()).isEqualTo(1_200_000);
        byte[] loaded = bucket.load(onTheTopic(stored).claim().orElseThrow()).join();
        assertThat(ByteBuffer.wrap(loaded)).isEqualTo(value);
    }

    @Test
    void aRecordWithoutAClaimIsNotTouched() {
        SinkRecord record = sink(source(null, random(10)), new ConnectHeaders());
        assertThat(restore(bucket).apply(record)).isSameAs(record);
    }

    @Test
    void aStructIsRefusedWithARemedy() {
        Schema schema = SchemaBuilder.struct().field("a", Schema.STRING_SCHEMA).build();
        SourceRecord record = source(schema, new Struct(schema).put("a", "b"));
        assertThatThrownBy(() -> store().apply(record))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(TOPIC, "STRUCT", "ByteArrayConverter");
    }

    @Test
    void aClaimOfAnotherPlaceDoesNotResolve() {
        // Given
        SourceRecord stored = store().apply(source(null, random(1_000_001)));
        Claim mine = onTheTopic(stored).claim().orElseThrow();
        Headers forged = guessed(stored);
        forged.remove("claim_check_key");
        forged.addString("claim_check_key", "secrets/" + mine.id());
        // When, then
        assertThatThrownBy(() -> restore(bucket).apply(sink(stored, forged)))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(
                        TOPIC, "secrets/", "s3://prism-claims/videos/", "PAYLOAD_REF_INVALID")
                .hasCauseInstanceOf(PrismException.class);
    }

    @Test
    void aPayloadAboveTheLimitIsRefused() {
        SourceRecord stored = store().apply(source(null, random(1_000_001)));
        assertThatThrownBy(
                        () ->
                                restore(bucket, "max.bytes", "1000000")
                                        .apply(sink(stored, guessed(stored))))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("1000001", "raise max.bytes");
    }

    @Test
    void connectMayTryAgainWhenStorageDoesNotAnswer() {
        assertThat(
                        Failures.of(
                                new PrismException(
                                        ErrorCode.STORAGE_UNAVAILABLE, "it cannot be reached")))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("errors.retry.timeout");
        assertThat(Failures.of(new PrismException(ErrorCode.CLAIM_MISSING, "gone")))
                .isInstanceOf(DataException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "namespace,Videos",
        "threshold.bytes,-1",
        "compression,lzma",
        "header.form,json",
        "s3.prefix,../x"
    })
    void aWrongSettingIsNamed(String setting, String value) {
        assertThatThrownBy(() -> store(setting, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting);
    }

    @Test
    void connectFindsThemWithoutScanning() {
        assertThat(
                        ServiceLoader.load(Transformation.class).stream()
                                .map(ServiceLoader.Provider::type))
                .extracting(Class::getName)
                .contains(ClaimCheckRestore.class.getName(), ClaimCheckStore.class.getName());
    }

    @Test
    void closingIsIdempotent() {
        ClaimCheckStore<SourceRecord> store = store();
        store.close();
        store.close();
        assertThatThrownBy(() -> store.apply(source(null, new byte[1])))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theySayTheirVersion() {
        assertThat(new ClaimCheckRestore<SinkRecord>().version()).isNotEmpty();
    }
}
