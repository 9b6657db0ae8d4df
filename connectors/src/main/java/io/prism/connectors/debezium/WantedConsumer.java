package io.prism.connectors.debezium;

import io.prism.core.cdc.Capture;
import io.prism.core.spec.PatternSpec.Cdc;

/** The connector that acts on a namespace's changes. */
public record WantedConsumer(Capture capture, Cdc.Consumer declared) implements Wanted {
    @Override
    public String name() {
        return Capture.connector(capture.namespace(), declared.name());
    }

    @Override
    public String database() {
        return capture.database();
    }

    @Override
    public String namespace() {
        return capture.namespace();
    }

    @Override
    public String consumer() {
        return declared.name();
    }
}
