package io.prism.standalone.cli.client.demo;

import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Single committed records, read by a plain Kafka consumer that knows nothing of Prism. */
public final class KafkaView implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;

    KafkaView(String bootstrap) {
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                1,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                                false,
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
    }

    /**
     * @param headers in the record's order, values as text
     * @param bytes of key, value and headers together
     */
    public record PlainRecord(
            String topic,
            int partition,
            long offset,
            Map<String, String> headers,
            ByteString value,
            long bytes) {
        /** For people: the place, the headers, the size of the value. */
        public String describe() {
            StringBuilder text = new StringBuilder();
            text.append("topic ").append(topic);
            text.append("  partition ").append(partition).append("  offset ").append(offset);
            headers.forEach(
                    (name, content) ->
                            text.append("\n  ")
                                    .append(PayloadText.safe(name))
                                    .append(": ")
                                    .append(PayloadText.safe(content)));
            text.append("\n  value: ").append(value.size()).append(" bytes");
            text.append("  (the whole record: ").append(Units.humanBytes(bytes)).append(")");
            return text.toString();
        }
    }

    /** The first record from that place on; a command failure if none is there in time. */
    public PlainRecord read(String topic, int partition, long offset) throws InterruptedException {
        TopicPartition place = new TopicPartition(topic, partition);
        return read(
                place + " from offset " + offset,
                () -> {
                    consumer.assign(List.of(place));
                    consumer.seek(place, offset);
                });
    }

    /** The oldest record of one of its partitions; a command failure if none is there in time. */
    public PlainRecord first(String topic) throws InterruptedException {
        return read(
                topic,
                () -> {
                    List<TopicPartition> all =
                            consumer.partitionsFor(topic, PATIENCE).stream()
                                    .map(one -> new TopicPartition(topic, one.partition()))
                                    .toList();
                    consumer.assign(all);
                    consumer.seekToBeginning(all);
                });
    }

    /** The topics whose names begin so, in order. */
    public List<String> topics(String prefix) throws InterruptedException {
        try {
            return consumer.listTopics(PATIENCE).keySet().stream()
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    private PlainRecord read(String place, Runnable position) throws InterruptedException {
        try {
            position.run();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(200))) {
                    return plain(found);
                }
            }
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw refused(e);
        }
        throw new CommandFailure(
                ExitCode.UNREACHABLE,
                "Kafka showed no record in " + place + " within " + PATIENCE.toSeconds() + " s.");
    }

    private static CommandFailure refused(KafkaException e) {
        return new CommandFailure(
                ExitCode.UNREACHABLE, "Kafka does not let us read: " + e.getMessage(), e);
    }

    private static InterruptedException interrupted(InterruptException e) {
        InterruptedException plain = new InterruptedException(e.getMessage());
        plain.initCause(e);
        return plain;
    }

    private static PlainRecord plain(ConsumerRecord<byte[], byte[]> found) {
        Map<String, String> headers = new LinkedHashMap<>();
        long bytes = found.key() == null ? 0 : found.key().length;
        for (Header header : found.headers()) {
            byte[] content = header.value() == null ? new byte[0] : header.value();
            headers.put(header.key(), new String(content, StandardCharsets.UTF_8));
            bytes += header.key().length() + content.length;
        }
        ByteString value =
                found.value() == null ? ByteString.EMPTY : ByteString.copyFrom(found.value());
        return new PlainRecord(
                found.topic(),
                found.partition(),
                found.offset(),
                headers,
                value,
                bytes + value.size());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
