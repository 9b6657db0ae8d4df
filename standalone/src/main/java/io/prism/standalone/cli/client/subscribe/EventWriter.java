package io.prism.standalone.cli.client.subscribe;

import io.prism.v1.Event;

/** Shows events. */
public interface EventWriter {
    void write(Event event, Kept payload);
}
