package io.prism.connectors.claimcheck;

import io.prism.core.claim.ClaimStores;
import io.prism.core.error.PrismException;
import io.prism.core.serde.ClaimStorage;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * What both transforms have: settings, a connection that lives from configure to close, and errors
 * in Connect's terms. A null value (a tombstone) passes as it is.
 *
 * <p>{@code apply} may be called by many threads, {@code configure} and {@code close} by one.
 */
abstract sealed class ClaimCheckTransform<R extends ConnectRecord<R>>
        implements Transformation<R>, Versioned permits ClaimCheckRestore, ClaimCheckStore {
    private final Function<ClaimStorage, ClaimStores> open;
    private volatile @Nullable Connected<R> connected;

    /** The connection, and what records pass through. */
    private record Connected<R>(ClaimStores stores, Function<R, R> step) {}

    /**
     * @param open connects to object storage; does not touch the network
     */
    ClaimCheckTransform(Function<ClaimStorage, ClaimStores> open) {
        this.open = open;
    }

    /** What is done to a record whose value is not null. */
    abstract Function<R, R> step(TransformConfig config, ClaimStorage storage, ClaimStores stores);

    /**
     * Does not touch the network.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the setting that is wrong
     */
    @Override
    public final void configure(Map<String, ?> properties) {
        close();
        TransformConfig config = new TransformConfig(config(), properties);
        ClaimStorage storage = ClaimStorage.of(config, "");
        ClaimStores stores = open.apply(storage);
        connected = new Connected<>(stores, step(config, storage, stores));
    }

    /**
     * @throws org.apache.kafka.connect.errors.RetriableException when object storage does not
     *     answer
     * @throws org.apache.kafka.connect.errors.DataException when the record is at fault
     * @throws org.apache.kafka.connect.errors.ConnectException for all else
     */
    @Override
    public final R apply(R record) {
        Connected<R> now = connected;
        if (now == null) {
            throw new IllegalStateException("configure() comes before apply()");
        }
        if (record.value() == null) {
            return record;
        }
        try {
            return now.step().apply(record);
        } catch (PrismException failure) {
            throw Failures.of(failure);
        }
    }

    /** Closes the connections. Idempotent. */
    @Override
    public final void close() {
        Connected<R> now = connected;
        connected = null;
        if (now != null) {
            now.stores().close();
        }
    }

    /** The version of the jar this runs from. */
    @Override
    public final String version() {
        return Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
