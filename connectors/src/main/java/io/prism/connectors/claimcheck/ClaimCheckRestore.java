package io.prism.connectors.claimcheck;

import io.prism.core.claim.ClaimStores;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.serde.ClaimResolver;
import io.prism.core.serde.ClaimStorage;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;

/**
 * Gives a claimed record its payload back: the value is the payload, whole and checked, and the
 * claim's headers are gone. All other records pass as they are.
 *
 * <pre>{@code
 * transforms=restore
 * transforms.restore.type=io.prism.connectors.claimcheck.ClaimCheckRestore
 * transforms.restore.namespace=videos
 * transforms.restore.s3.endpoint=https://s3.example.com
 * value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
 * }</pre>
 *
 * <p>For connectors whose {@code value.converter} is ByteArrayConverter or StringConverter. The
 * payload is read while the record passes, whole into memory, up to {@code max.bytes}. A claim
 * resolves only within the configured bucket and prefix.
 */
public final class ClaimCheckRestore<R extends ConnectRecord<R>> extends ClaimCheckTransform<R> {
    static final ConfigDef DEFINITION =
            ClaimResolver.define(ClaimStorage.define(new ConfigDef(), ""), "");

    /** For Connect, which configures it afterwards. */
    public ClaimCheckRestore() {
        this(ClaimCheckRestore::open);
    }

    ClaimCheckRestore(Function<ClaimStorage, ClaimStores> open) {
        super(open);
    }

    private static ClaimStores open(ClaimStorage storage) {
        Clock clock = Clock.systemUTC();
        return storage.open(new TimeOrderedIds(clock, new SecureRandom()), clock);
    }

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    Function<R, R> step(TransformConfig config, ClaimStorage storage, ClaimStores stores) {
        ClaimResolver resolver =
                new ClaimResolver(
                        stores.of(
                                storage.namespace(),
                                storage.claimCheck(new DataSize(0), Compression.IDENTITY)),
                        storage,
                        config.getLong(ClaimResolver.MAX_BYTES),
                        "");
        return record -> restore(record, resolver);
    }

    private static <R extends ConnectRecord<R>> R restore(R record, ClaimResolver resolver) {
        if (!ClaimHeaders.hasClaim(record.headers())) {
            return record;
        }
        PayloadValue value = PayloadValue.of(record);
        Optional<byte[]> payload =
                resolver.resolve(record.topic(), ClaimHeaders.toKafka(record.headers()));
        if (payload.isEmpty()) {
            return record;
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                value.with(payload.get()),
                record.timestamp(),
                ClaimHeaders.withoutClaim(record.headers()));
    }
}
