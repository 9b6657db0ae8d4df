package io.prism.connectors.webhook;

import io.prism.connectors.cache.InvalidatorConfig;
import io.prism.connectors.cdc.Change.Operation;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;

/** The webhook's settings. */
public final class WebhookConfig extends AbstractConfig {
    public static final String URL = "webhook.url";
    public static final String TIMEOUT = "webhook.timeout.ms";

    static final ConfigDef DEFINITION =
            new ConfigDef()
                    .define(
                            InvalidatorConfig.NAMESPACE,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new NonEmptyString(),
                            Importance.HIGH,
                            "The namespace whose changes they are.")
                    .define(
                            InvalidatorConfig.CONSUMER,
                            ConfigDef.Type.STRING,
                            "",
                            Importance.LOW,
                            "The consumer's name in the namespace.")
                    .define(
                            URL,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new NonEmptyString(),
                            Importance.HIGH,
                            "What is called, http:// or https://.")
                    .define(
                            InvalidatorConfig.OPERATIONS,
                            ConfigDef.Type.LIST,
                            List.of("INSERT", "UPDATE", "DELETE"),
                            ConfigDef.ValidList.in("INSERT", "UPDATE", "DELETE"),
                            Importance.MEDIUM,
                            "The changes that are told. A TRUNCATE is told with DELETE, a row of a"
                                    + " snapshot with INSERT.")
                    .define(
                            TIMEOUT,
                            ConfigDef.Type.INT,
                            10_000,
                            Range.atLeast(1),
                            Importance.LOW,
                            "How long the receiver may take.");

    WebhookConfig(Map<String, String> properties) {
        super(DEFINITION, properties, false);
    }

    String namespace() {
        return getString(InvalidatorConfig.NAMESPACE);
    }

    String consumer() {
        return getString(InvalidatorConfig.CONSUMER);
    }

    URI url() {
        return URI.create(getString(URL));
    }

    Duration timeout() {
        return Duration.ofMillis(getInt(TIMEOUT));
    }

    Set<Operation> operations() {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String word : getList(InvalidatorConfig.OPERATIONS)) {
            Operation operation = Operation.valueOf(word);
            operations.add(operation);
            switch (operation) {
                case INSERT -> operations.add(Operation.SNAPSHOT);
                case DELETE -> operations.add(Operation.TRUNCATE);
                default -> {}
            }
        }
        return operations;
    }
}
