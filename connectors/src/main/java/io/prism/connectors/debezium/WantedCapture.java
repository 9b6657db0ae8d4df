package io.prism.connectors.debezium;

import io.prism.core.cdc.Capture;

/** The connector that puts a namespace's changes into its topic. */
public record WantedCapture(Capture capture) implements Wanted {
    @Override
    public String name() {
        return Capture.connector(capture.namespace());
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
        return "";
    }
}
