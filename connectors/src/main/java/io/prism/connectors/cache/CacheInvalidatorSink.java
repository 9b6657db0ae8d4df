package io.prism.connectors.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Keeps a namespace's cache fresh: reads the topic of its tables' changes and tells Redis which
 * keys they make stale. At least once, in order per key; what it does twice does no harm. While
 * Redis is away it waits, and loses nothing.
 *
 * <pre>{@code
 * connector.class=io.prism.connectors.cache.CacheInvalidatorSink
 * topics=user-profile-changes
 * namespace=user-profiles
 * key.template=user:{after.id}:profile
 * operations=UPDATE,DELETE
 * redis.url=redis://redis:6379
 * key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
 * value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
 * }</pre>
 */
public final class CacheInvalidatorSink extends SinkConnector {
    private Map<String, String> properties = Map.of();

    /** For Connect, which configures it afterwards. */
    public CacheInvalidatorSink() {}

    @Override
    public void start(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return CacheInvalidatorTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, properties);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return InvalidatorConfig.DEFINITION;
    }

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
