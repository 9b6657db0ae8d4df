package io.prism.topologies.rehydration;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** The clients of the rehydration application: plain ones, except that it reads ahead. */
final class ReadAheadClients implements KafkaClientSupplier {
    private final RouteTable routes;
    private final Rehydrator rehydrator;
    private final Budget budget;
    private final Prepared prepared;
    private final Set<ReadAheadConsumer> consumers = ConcurrentHashMap.newKeySet();

    ReadAheadClients(RouteTable routes, Rehydrator rehydrator, Budget budget, Prepared prepared) {
        this.routes = routes;
        this.rehydrator = rehydrator;
        this.budget = budget;
        this.prepared = prepared;
    }

    int held() {
        return consumers.stream().mapToInt(ReadAheadConsumer::held).sum();
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        ReadAheadConsumer consumer =
                new ReadAheadConsumer(
                        config,
                        routes,
                        new ReadAhead(routes, rehydrator, budget, prepared),
                        consumers::remove);
        consumers.add(consumer);
        return consumer;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
