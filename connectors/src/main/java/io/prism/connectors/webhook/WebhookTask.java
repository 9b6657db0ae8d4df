package io.prism.connectors.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.connectors.cdc.Change;
import io.prism.connectors.cdc.Change.Operation;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task of a {@link WebhookSink}. */
public final class WebhookTask extends SinkTask {
    private static final Logger log = LoggerFactory.getLogger(WebhookTask.class);
    private static final long RETRY_MILLIS = 1_000;

    /** Long before Kafka takes a consumer that does not poll for dead (300 s). */
    private static final Duration AT_A_TIME = Duration.ofSeconds(30);

    /** At once; zero would be whenever offsets are committed next. */
    private static final long GO_ON_MILLIS = 1;

    private static final Set<Integer> AGAIN = Set.of(408, 425, 429);

    /** Up to where the receiver was told, so that a batch that is put again goes on there. */
    private final Map<TopicPartition, Long> told = new HashMap<>();

    private final Clock clock;
    private @Nullable Running running;

    private record Running(WebhookConfig config, Set<Operation> operations, HttpClient http) {}

    /** For Connect. */
    public WebhookTask() {
        this(Clock.systemUTC());
    }

    WebhookTask(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void start(Map<String, String> properties) {
        WebhookConfig config = new WebhookConfig(properties);
        running =
                new Running(
                        config,
                        config.operations(),
                        HttpClient.newBuilder()
                                .version(Version.HTTP_1_1)
                                .followRedirects(Redirect.NEVER)
                                .connectTimeout(config.timeout())
                                .build());
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        told.clear();
    }

    /**
     * Returns when all were told; until then no offset behind the first that was not is committed.
     * Of a slow receiver's batch the rest is for the next call, so that the consumer polls.
     */
    @Override
    public void put(Collection<SinkRecord> records) {
        Running here = Objects.requireNonNull(running, "not started");
        Instant end = clock.instant().plus(AT_A_TIME);
        for (SinkRecord record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.kafkaPartition());
            Long before = told.get(partition);
            if (before != null && record.kafkaOffset() <= before) {
                continue;
            }
            if (clock.instant().isAfter(end)) {
                context.timeout(GO_ON_MILLIS);
                throw new RetriableException(
                        which(here) + " is slow: the rest of the batch is told next");
            }
            if (isMeant(record, here)) {
                tell(record, here);
            }
            told.put(partition, record.kafkaOffset());
        }
    }

    private static boolean isMeant(SinkRecord record, Running here) {
        try {
            return here.operations().contains(Change.of(record).operation());
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("a record of the topic is skipped: it is no change of a row")
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.kafkaOffset())
                    .addKeyValue("problem", e.getMessage())
                    .log();
            return false;
        }
    }

    private void tell(SinkRecord record, Running here) {
        byte[] body =
                record.value() instanceof byte[] bytes
                        ? bytes
                        : String.valueOf(record.value()).getBytes(UTF_8);
        HttpRequest request =
                HttpRequest.newBuilder(here.config().url())
                        .timeout(here.config().timeout())
                        .header("Content-Type", "application/json")
                        .header("Prism-Namespace", here.config().namespace())
                        .header("Prism-Consumer", here.config().consumer())
                        .header(
                                "Prism-Event-Id",
                                record.topic()
                                        + "-"
                                        + record.kafkaPartition()
                                        + "-"
                                        + record.kafkaOffset())
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
        try {
            HttpResponse<Void> answer = here.http().send(request, BodyHandlers.discarding());
            int status = answer.statusCode();
            if (status / 100 == 5 || AGAIN.contains(status)) {
                throw again(here, "answered with " + status, null);
            }
            if (status / 100 != 2) {
                log.atWarn()
                        .setMessage("a webhook refused a change; it is left")
                        .addKeyValue("namespace", here.config().namespace())
                        .addKeyValue("consumer", here.config().consumer())
                        .addKeyValue("status", status)
                        .addKeyValue("offset", record.kafkaOffset())
                        .log();
            }
        } catch (IOException e) {
            throw again(here, "does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("interrupted", e);
        }
    }

    private RetriableException again(Running here, String why, @Nullable Throwable cause) {
        context.timeout(RETRY_MILLIS);
        return new RetriableException(which(here) + " " + why + "; it is called again", cause);
    }

    private static String which(Running here) {
        return "the webhook "
                + here.config().consumer()
                + " of namespace "
                + here.config().namespace();
    }

    /** What was told, also of a batch that is put again. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(
            Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> safe = new HashMap<>();
        told.forEach((partition, offset) -> safe.put(partition, new OffsetAndMetadata(offset + 1)));
        return safe;
    }

    @Override
    public void stop() {
        Running here = running;
        running = null;
        if (here != null) {
            here.http().shutdownNow();
        }
    }

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return new WebhookSink().version();
    }
}
