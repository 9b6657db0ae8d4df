package io.prism.streams.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends rows that were read from a table to the relay, a batch in one transaction: all of it in
 * order, or nothing. Whoever makes a sender of the same name ends what an earlier one had begun,
 * and the earlier one sends nothing any more. Used by one thread.
 */
final class RowSender implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    /**
     * @param settings those of a transactional producer
     */
    RowSender(Map<String, Object> settings, String database) {
        this.topic = OutboxTopics.rows(database).name();
        this.producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            close();
            throw failed(e);
        }
    }

    /**
     * Returns when all are durable.
     *
     * @throws PrismException BACKEND_UNAVAILABLE; the sender is then to be closed
     */
    void send(List<OutboxRow> rows) {
        try {
            producer.beginTransaction();
            rows.forEach(row -> producer.send(record(row)));
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private ProducerRecord<byte[], byte[]> record(OutboxRow row) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, 0, row.id().toString().getBytes(UTF_8), row.payload());
        row.toHeaders().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return record;
    }

    private PrismException failed(KafkaException e) {
        return new PrismException(
                ErrorCode.BACKEND_UNAVAILABLE,
                "rows cannot be sent to " + topic + " now (" + e.getMessage() + ")",
                e);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
