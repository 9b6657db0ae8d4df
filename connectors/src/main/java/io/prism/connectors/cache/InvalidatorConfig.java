package io.prism.connectors.cache;

import io.prism.connectors.cdc.Change.Operation;
import io.prism.core.cache.KeyTemplate;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisUrl;
import io.prism.core.spec.NamespaceName;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** The invalidator's settings. */
public final class InvalidatorConfig extends AbstractConfig {
    public static final String NAMESPACE = "namespace";
    public static final String CONSUMER = "consumer";
    public static final String REDIS_URL = "redis.url";
    public static final String REDIS_USER = "redis.user";
    public static final String REDIS_PASSWORD = "redis.password";
    public static final String REDIS_TIMEOUT = "redis.timeout.ms";
    public static final String KEY_TEMPLATE = "key.template";
    public static final String OPERATIONS = "operations";

    static final ConfigDef DEFINITION =
            new ConfigDef()
                    .define(
                            NAMESPACE,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new NonEmptyString(),
                            Importance.HIGH,
                            "The namespace whose cache it is.")
                    .define(
                            CONSUMER,
                            ConfigDef.Type.STRING,
                            "",
                            Importance.LOW,
                            "The consumer's name in the namespace, for metrics.")
                    .define(
                            KEY_TEMPLATE,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            (name, value) -> template(String.valueOf(value)),
                            Importance.HIGH,
                            "How keys are made of a row's columns: user:{after.id}:profile.")
                    .define(
                            OPERATIONS,
                            ConfigDef.Type.LIST,
                            List.of("UPDATE", "DELETE"),
                            ConfigDef.ValidList.in("INSERT", "UPDATE", "DELETE"),
                            Importance.MEDIUM,
                            "The changes that make keys stale. A TRUNCATE always clears the"
                                    + " namespace's cache.")
                    .define(
                            REDIS_URL,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            (name, value) -> url(String.valueOf(value)),
                            Importance.HIGH,
                            "Where Redis is: redis://host:port/0, or rediss:// with TLS.")
                    .define(REDIS_USER, ConfigDef.Type.STRING, "", Importance.LOW, "Redis' user.")
                    .define(
                            REDIS_PASSWORD,
                            ConfigDef.Type.PASSWORD,
                            "",
                            Importance.MEDIUM,
                            "Its password.")
                    .define(
                            REDIS_TIMEOUT,
                            ConfigDef.Type.INT,
                            2_000,
                            Range.atLeast(1),
                            Importance.LOW,
                            "How long Redis may take to confirm; a batch that takes longer is"
                                    + " tried again.");

    InvalidatorConfig(Map<String, String> properties) {
        super(DEFINITION, properties, false);
    }

    private static KeyTemplate template(String text) {
        try {
            return KeyTemplate.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(KEY_TEMPLATE, text, e.getMessage());
        }
    }

    /** Nothing of a URL that is refused is repeated: it may hold a password. */
    private static RedisUrl url(String text) {
        try {
            return RedisUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(REDIS_URL + " must be " + e.getMessage());
        }
    }

    NamespaceName namespace() {
        return new NamespaceName(getString(NAMESPACE));
    }

    String consumer() {
        return getString(CONSUMER);
    }

    KeyTemplate template() {
        return template(getString(KEY_TEMPLATE));
    }

    Set<Operation> operations() {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        getList(OPERATIONS)
                .forEach(word -> operations.add(Operation.valueOf(word.toUpperCase(Locale.ROOT))));
        return operations;
    }

    RedisConfig redis() {
        Password password = getPassword(REDIS_PASSWORD);
        return new RedisConfig(
                Map.of(
                        RedisConfig.DEFAULT,
                        url(getString(REDIS_URL))
                                .server(given(getString(REDIS_USER)), given(password.value()))),
                timeout());
    }

    Duration timeout() {
        return Duration.ofMillis(getInt(REDIS_TIMEOUT));
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
