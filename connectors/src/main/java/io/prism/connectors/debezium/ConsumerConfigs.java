package io.prism.connectors.debezium;

import io.prism.connectors.cache.CacheInvalidatorSink;
import io.prism.connectors.cache.InvalidatorConfig;
import io.prism.connectors.webhook.WebhookConfig;
import io.prism.connectors.webhook.WebhookSink;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cdc.Capture;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Cdc;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What sinks are told to act on a namespace's changes. */
final class ConsumerConfigs {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final String PRISMS = "io.prism.connectors.";

    /** Which changes become what, and where; not how they are read, nor by whom. */
    private static final List<String> MEANING =
            List.of(
                    "connector.class",
                    "topics",
                    InvalidatorConfig.NAMESPACE,
                    InvalidatorConfig.OPERATIONS,
                    InvalidatorConfig.KEY_TEMPLATE,
                    InvalidatorConfig.REDIS_URL,
                    WebhookConfig.URL);

    private ConsumerConfigs() {}

    /** Whether a configuration is a sink's that Prism has made. */
    static boolean isPrisms(Map<String, String> config) {
        return config.getOrDefault("connector.class", "").startsWith(PRISMS);
    }

    /** Whether what was done to changes under the one configuration is not done under the other. */
    static boolean differs(Map<String, String> one, Map<String, String> other) {
        return !MEANING.stream().allMatch(key -> Objects.equals(one.get(key), other.get(key)));
    }

    static Map<String, String> config(
            WantedConsumer wanted,
            Function<String, RedisConfig.Server> caches,
            ConnectorSettings settings) {
        Map<String, String> config = new TreeMap<>();
        config.put("name", wanted.name());
        config.put("tasks.max", "1");
        config.put("topics", wanted.capture().topic());
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        config.put("header.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("consumer.override.auto.offset.reset", "earliest");
        // Nobody tells a cache of changes until a worker that died is known to be dead.
        config.put("consumer.override.session.timeout.ms", "10000");
        config.put("consumer.override.heartbeat.interval.ms", "2000");
        // A truncate is there or not, never half.
        config.put("consumer.override.isolation.level", "read_committed");
        config.put(InvalidatorConfig.NAMESPACE, wanted.namespace());
        config.put(InvalidatorConfig.CONSUMER, wanted.consumer());
        config.put(InvalidatorConfig.OPERATIONS, String.join(",", wanted.declared().operations()));
        switch (wanted.declared().type()) {
            case Capture.INVALIDATOR -> invalidator(config, wanted.declared(), caches, settings);
            case Capture.WEBHOOK -> webhook(config, wanted.declared());
            default ->
                    throw new PrismException(
                            ErrorCode.PATTERN_NOT_AVAILABLE,
                            "a consumer of type "
                                    + wanted.declared().type()
                                    + " cannot be run yet: read topic "
                                    + wanted.capture().topic()
                                    + " itself");
        }
        return config;
    }

    private static void invalidator(
            Map<String, String> config,
            Cdc.Consumer consumer,
            Function<String, RedisConfig.Server> caches,
            ConnectorSettings settings) {
        String name = consumer.backend().orElse(RedisConfig.DEFAULT);
        RedisConfig.Server server = caches.apply(name);
        config.put("connector.class", CacheInvalidatorSink.class.getName());
        config.put(
                InvalidatorConfig.KEY_TEMPLATE,
                consumer.options().getOrDefault(Capture.KEY_EXTRACTOR, ""));
        config.put(InvalidatorConfig.REDIS_URL, server.url());
        put(
                config,
                InvalidatorConfig.REDIS_USER,
                secret(settings.cacheUser(), name, server.user()));
        put(
                config,
                InvalidatorConfig.REDIS_PASSWORD,
                secret(settings.cachePassword(), name, server.password()));
    }

    private static String secret(Optional<String> template, String redis, String inline) {
        return template.map(t -> t.replace("{redis}", redis)).orElse(inline);
    }

    private static void put(Map<String, String> config, String name, String value) {
        if (!value.isEmpty()) {
            config.put(name, value);
        }
    }

    private static void webhook(Map<String, String> config, Cdc.Consumer consumer) {
        config.put("connector.class", WebhookSink.class.getName());
        // Told one after the other, and all of them before the next poll.
        config.put("consumer.override.max.poll.records", "25");
        config.put(WebhookConfig.URL, consumer.options().getOrDefault("url", ""));
    }
}
