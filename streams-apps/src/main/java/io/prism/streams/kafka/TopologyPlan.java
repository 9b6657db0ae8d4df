package io.prism.streams.kafka;

import java.util.Optional;
import java.util.Properties;
import java.util.function.DoubleSupplier;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.Topology;

/**
 * A topology, and how it is to be run.
 *
 * @param name the metrics' label, and what the log and health call it
 * @param settings of Kafka Streams; the application's id among them
 * @param clients Kafka's own where absent
 * @param held records that were read from Kafka and are not processed yet, besides those Kafka
 *     Streams knows of
 * @param failures how many stream threads may fail within minutes before it gives up
 */
public record TopologyPlan(
        String name,
        Topology topology,
        Properties settings,
        Optional<KafkaClientSupplier> clients,
        DoubleSupplier held,
        int failures) {
    public static final int FAILURES = 8;

    /** With Kafka's own clients. */
    public TopologyPlan(String name, Topology topology, Properties settings) {
        this(name, topology, settings, Optional.empty(), () -> 0, FAILURES);
    }
}
