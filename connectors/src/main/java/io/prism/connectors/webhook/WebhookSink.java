package io.prism.connectors.webhook;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Calls a URL for every change, with the change event as it is in the topic, one after the other.
 * At least once: {@code Prism-Event-Id} is the same each time. A receiver that is not there, or
 * answers 408, 429 or 5xx, is called again until it answers otherwise; what it refuses with another
 * status is logged and left.
 */
public final class WebhookSink extends SinkConnector {
    private Map<String, String> properties = Map.of();

    /** For Connect, which configures it afterwards. */
    public WebhookSink() {}

    @Override
    public void start(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return WebhookTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, properties);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return WebhookConfig.DEFINITION;
    }

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
