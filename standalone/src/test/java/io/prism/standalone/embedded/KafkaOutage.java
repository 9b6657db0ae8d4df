package io.prism.standalone.embedded;

/** Kafka goes away, and the other servers stay. */
public final class KafkaOutage {
    private KafkaOutage() {}

    /** Returns when it is gone. */
    public static void begin(EmbeddedServers servers) {
        servers.kafka().close();
    }
}
