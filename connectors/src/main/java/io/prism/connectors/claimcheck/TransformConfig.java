package io.prism.connectors.claimcheck;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** A transform's settings, as Connect hands them over: without {@code transforms.<name>.}. */
final class TransformConfig extends AbstractConfig {
    TransformConfig(ConfigDef definition, Map<String, ?> properties) {
        super(definition, properties, false);
    }
}
