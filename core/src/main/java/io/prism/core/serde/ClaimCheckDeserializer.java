package io.prism.core.serde;

import io.prism.core.claim.ClaimStores;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka consumer's {@code value.deserializer} that gives claimed payloads as if they had been in
 * the record, and all other records as they are. A null value stays one.
 *
 * <pre>{@code
 * value.deserializer=io.prism.core.serde.ClaimCheckDeserializer
 * prism.claim.check.namespace=videos
 * prism.claim.check.s3.endpoint=https://s3.example.com
 * prism.claim.check.value.deserializer=org.apache.kafka.common.serialization.StringDeserializer
 * }</pre>
 *
 * <p>Payloads are read one at a time, on the polling thread, whole into memory: {@code
 * max.poll.records} × the time a payload takes must stay below {@code max.poll.interval.ms}.
 *
 * <p>A payload that cannot be given whole is a {@link SerializationException} whose cause is the
 * {@link PrismException} with its code; Kafka's consumer throws it from {@code poll}, wrapped in a
 * {@code RecordDeserializationException} that names partition and offset. Polling again tries the
 * same record again, which helps with {@code STORAGE_UNAVAILABLE}; seeking behind it skips it.
 *
 * <p>Used by one thread, as a consumer is.
 *
 * @param <T> what {@code prism.claim.check.value.deserializer} makes; {@code byte[]} without one
 */
public final class ClaimCheckDeserializer<T> implements Deserializer<T> {
    private final Function<ClaimStorage, ClaimStores> storesOf;
    private @Nullable Configured<T> configured;

    private record Configured<T>(
            ClaimStores stores, ClaimResolver resolver, Deserializer<T> inner) {}

    /** For Kafka, which configures it afterwards. */
    public ClaimCheckDeserializer() {
        this(ClaimCheckDeserializer::open);
    }

    /**
     * @param storesOf opens object storage; does not touch the network
     */
    ClaimCheckDeserializer(Function<ClaimStorage, ClaimStores> storesOf) {
        this.storesOf = storesOf;
    }

    private static ClaimStores open(ClaimStorage storage) {
        Clock clock = Clock.systemUTC();
        return storage.open(new TimeOrderedIds(clock, new SecureRandom()), clock);
    }

    /**
     * Does not touch the network.
     *
     * @throws ConfigException naming the setting that is wrong
     */
    @Override
    public void configure(Map<String, ?> properties, boolean isKey) {
        if (isKey) {
            throw new ConfigException(
                    "key.deserializer",
                    ClaimCheckDeserializer.class.getName(),
                    "claims stand for values: use it as value.deserializer");
        }
        close();
        ClaimCheckDeserializerConfig config = new ClaimCheckDeserializerConfig(properties);
        ClaimStorage storage = config.storage();
        // What the inner deserializer makes is the caller's word: Kafka configures by class name.
        @SuppressWarnings("unchecked")
        Deserializer<T> inner = (Deserializer<T>) config.inner();
        ClaimStores stores = storesOf.apply(storage);
        configured =
                new Configured<>(
                        stores,
                        new ClaimResolver(
                                stores.of(
                                        storage.namespace(),
                                        storage.claimCheck(new DataSize(0), Compression.IDENTITY)),
                                storage,
                                config.maxBytes(),
                                ClaimCheckDeserializerConfig.LEAD),
                        inner);
    }

    /** Without headers there is no claim. */
    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] value) {
        return configured().inner().deserialize(topic, value);
    }

    /**
     * @throws SerializationException when the payload cannot be given whole
     */
    @Override
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] value) {
        Configured<T> parts = configured();
        if (value == null) {
            return parts.inner().deserialize(topic, headers, value);
        }
        Optional<byte[]> payload;
        try {
            payload = parts.resolver().resolve(topic, headers);
        } catch (PrismException failure) {
            if (failure.code() == ErrorCode.CANCELLED) {
                throw new InterruptException(failure.getMessage(), new InterruptedException());
            }
            throw new SerializationException(
                    failure.getMessage() + " (" + failure.code() + ")", failure);
        }
        return parts.inner().deserialize(topic, headers, payload.orElse(value));
    }

    private Configured<T> configured() {
        if (configured == null) {
            throw new IllegalStateException("configure() comes before deserialize()");
        }
        return configured;
    }

    /** Closes the connections and the inner deserializer. Idempotent. */
    @Override
    public void close() {
        Configured<T> parts = configured;
        configured = null;
        if (parts != null) {
            try {
                parts.inner().close();
            } finally {
                parts.stores().close();
            }
        }
    }
}
