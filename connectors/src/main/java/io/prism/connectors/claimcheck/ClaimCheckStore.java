package io.prism.connectors.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.ClaimStores;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordFormat;
import io.prism.core.serde.ClaimStorage;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.connect.connector.ConnectRecord;

/**
 * Puts a value larger than the threshold into object storage and leaves a claim in its place: an
 * empty value and the headers that the gateway writes. All other records, and those that carry a
 * claim already, pass as they are.
 *
 * <pre>{@code
 * transforms=store
 * transforms.store.type=io.prism.connectors.claimcheck.ClaimCheckStore
 * transforms.store.namespace=videos
 * transforms.store.s3.endpoint=https://s3.example.com
 * transforms.store.threshold.bytes=1000000
 * value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
 * }</pre>
 *
 * <p>For connectors whose {@code value.converter} is ByteArrayConverter or StringConverter.
 * Payloads are durable in storage before their records go on; a record that Connect drops or sends
 * again leaves an object that nothing refers to, which the namespace's sweeper deletes. The sweeper
 * looks in the namespace's topics only: <em>the records must go to one of them</em>, or their
 * payloads count as orphans. With {@code cleanup.strategy: on_consume} such payloads live until
 * their ttl.
 */
public final class ClaimCheckStore<R extends ConnectRecord<R>> extends ClaimCheckTransform<R> {
    static final String THRESHOLD = "threshold.bytes";
    static final String COMPRESSION = "compression";
    static final String HEADER_FORM = "header.form";

    static final ConfigDef DEFINITION =
            ClaimStorage.define(new ConfigDef(), "")
                    .define(
                            THRESHOLD,
                            ConfigDef.Type.LONG,
                            1_000_000L,
                            Range.atLeast(0L),
                            Importance.HIGH,
                            "Values larger than this are stored; one of exactly this size stays in"
                                    + " the record.")
                    .define(
                            COMPRESSION,
                            ConfigDef.Type.STRING,
                            "none",
                            ValidString.in("none", "gzip", "zstd"),
                            Importance.MEDIUM,
                            "How stored payloads are encoded; what does not shrink is stored as it"
                                    + " is.")
                    .define(
                            HEADER_FORM,
                            ConfigDef.Type.STRING,
                            ClaimHeaders.Form.STRING.toString(),
                            ValidString.in(
                                    ClaimHeaders.Form.STRING.toString(),
                                    ClaimHeaders.Form.BYTES.toString()),
                            Importance.LOW,
                            "What the claim's headers are written as: string for"
                                    + " SimpleHeaderConverter (Connect's default) and"
                                    + " StringConverter, bytes for a header.converter that is"
                                    + " ByteArrayConverter.");

    private static final byte[] PATTERNS = "claim-check@1".getBytes(UTF_8);
    private static final byte[] NOTHING = new byte[0];

    private final TimeOrderedIds messageIds;

    /** For Connect, which configures it afterwards. */
    public ClaimCheckStore() {
        this(new TimeOrderedIds(Clock.systemUTC(), new SecureRandom()));
    }

    private ClaimCheckStore(TimeOrderedIds ids) {
        this(ids, storage -> storage.open(ids, Clock.systemUTC()));
    }

    /**
     * @param messageIds for records that have no id
     */
    ClaimCheckStore(TimeOrderedIds messageIds, Function<ClaimStorage, ClaimStores> open) {
        super(open);
        this.messageIds = messageIds;
    }

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    Function<R, R> step(TransformConfig config, ClaimStorage storage, ClaimStores stores) {
        long threshold = config.getLong(THRESHOLD);
        ClaimStore store =
                stores.of(
                        storage.namespace(),
                        storage.claimCheck(new DataSize(threshold), compression(config)));
        byte[] namespace = storage.namespace().value().getBytes(UTF_8);
        ClaimHeaders.Form form =
                ClaimHeaders.Form.valueOf(config.getString(HEADER_FORM).toUpperCase(Locale.ROOT));
        PayloadWriter writer = new PayloadWriter(store);
        return record -> store(record, threshold, writer, namespace, form);
    }

    private static Compression compression(TransformConfig config) {
        return switch (config.getString(COMPRESSION)) {
            case "gzip" -> Compression.GZIP;
            case "zstd" -> Compression.ZSTD;
            default -> Compression.IDENTITY;
        };
    }

    private R store(
            R record,
            long threshold,
            PayloadWriter writer,
            byte[] namespace,
            ClaimHeaders.Form form) {
        if (ClaimHeaders.hasClaim(record.headers())) {
            return record;
        }
        PayloadValue value = PayloadValue.of(record);
        var payload = value.bytes();
        if (payload.remaining() <= threshold) {
            return record;
        }
        Claim claim = writer.store(record.topic(), payload);
        var headers = record.headers().duplicate();
        var own =
                RecordFormat.write(
                        messageIds.next().toString(), namespace, PATTERNS, claim, null, Map.of());
        if (headers.lastWithName(RecordFormat.ID) != null) {
            own.remove(RecordFormat.ID);
        }
        ClaimHeaders.set(headers, own, form);
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                value.with(NOTHING),
                record.timestamp(),
                headers);
    }
}
