package io.prism.standalone.cli.client.subscribe;

/** Shows events. */
public interface EventWriter {
    void write(Delivery delivery, Kept payload);
}
