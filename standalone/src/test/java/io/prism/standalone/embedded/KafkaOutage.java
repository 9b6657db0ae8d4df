package io.prism.standalone.embedded;

import java.nio.file.Path;

/** Kafka goes away, and the other servers stay. */
public final class KafkaOutage {
    private KafkaOutage() {}

    /** Returns when it is gone. */
    public static void begin(EmbeddedServers servers) {
        servers.kafka().close();
    }

    /**
     * Returns when it serves again, on the port it had; whoever calls stops it.
     *
     * @param data the folder that the servers were started with
     */
    public static AutoCloseable end(EmbeddedServers servers, Path data) {
        Path folder = data.toAbsolutePath().normalize();
        return EmbeddedKafka.start(
                folder.resolve("kafka"),
                servers.kafka().port(),
                ServerPorts.free().kafkaController(),
                folder.resolve("logs").resolve("kafka.log"));
    }
}
