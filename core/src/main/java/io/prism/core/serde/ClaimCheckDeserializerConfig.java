package io.prism.core.serde;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** The consumer properties of {@link ClaimCheckDeserializer}. */
public final class ClaimCheckDeserializerConfig extends AbstractConfig {
    /** What each of them begins with. */
    public static final String LEAD = "prism.claim.check.";

    public static final String VALUE_DESERIALIZER = LEAD + "value.deserializer";

    public static final ConfigDef DEFINITION =
            ClaimResolver.define(ClaimStorage.define(new ConfigDef(), LEAD), LEAD)
                    .define(
                            VALUE_DESERIALIZER,
                            ConfigDef.Type.CLASS,
                            ByteArrayDeserializer.class,
                            Importance.MEDIUM,
                            "What turns a payload into a value, whether it was claimed or not. It"
                                    + " is given all properties of the consumer.");

    /**
     * @param properties of the consumer; those of others are passed by
     * @throws org.apache.kafka.common.config.ConfigException naming the setting that is wrong
     */
    ClaimCheckDeserializerConfig(Map<String, ?> properties) {
        super(DEFINITION, properties, false);
    }

    ClaimStorage storage() {
        return ClaimStorage.of(this, LEAD);
    }

    long maxBytes() {
        return getLong(LEAD + ClaimResolver.MAX_BYTES);
    }

    Deserializer<?> inner() {
        Deserializer<?> inner = getConfiguredInstance(VALUE_DESERIALIZER, Deserializer.class);
        inner.configure(originals(), false);
        return inner;
    }
}
