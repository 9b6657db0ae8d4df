package io.prism.connectors.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookTaskTest {
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger status = new AtomicInteger(204);
    private final AtomicLong millis =
            new AtomicLong(Instant.parse("2026-11-22T10:00:00Z").toEpochMilli());
    private final WebhookTask task =
            new WebhookTask(
                    new Clock() {
                        @Override
                        public ZoneId getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(ZoneId zone) {
                            return this;
                        }

                        @Override
                        public Instant instant() {
                            return Instant.ofEpochMilli(millis.get());
                        }
                    });
    private volatile Duration slowness = Duration.ZERO;
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/hook",
                call -> {
                    millis.addAndGet(slowness.toMillis());
                    String body = new String(call.getRequestBody().readAllBytes(), UTF_8);
                    int answer = body.contains("\"c\"") ? status.get() : 204;
                    if (answer / 100 == 2) {
                        received.add(
                                call.getRequestHeaders().getFirst("Prism-Event-Id") + " " + body);
                    }
                    call.sendResponseHeaders(answer, -1);
                    call.close();
                });
        server.start();
        task.initialize(
                (SinkTaskContext)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {SinkTaskContext.class},
                                (proxy, method, arguments) -> null));
        task.start(
                Map.of(
                        "namespace", "people",
                        "consumer", "hook",
                        "webhook.url",
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/hook",
                        "operations", "INSERT,DELETE"));
    }

    @AfterEach
    void stop() {
        task.stop();
        server.stop(0);
    }

    private static String event(String op) {
        return "{\"op\":\"" + op + "\",\"source\":{}}";
    }

    private static SinkRecord record(long offset, String op) {
        return new SinkRecord("t", 0, null, null, null, event(op).getBytes(UTF_8), offset);
    }

    @Test
    void whatIsMeantIsToldInOrder() {
        task.put(List.of(record(0, "d"), record(1, "u"), record(2, "c"), record(3, "t")));

        assertThat(received)
                .containsExactly(
                        "t-0-0 " + event("d"), "t-0-2 " + event("c"), "t-0-3 " + event("t"));
    }

    @Test
    void aReceiverThatIsAwayIsToldWhatIsLeftAndNothingTwice() {
        List<SinkRecord> batch = List.of(record(0, "d"), record(1, "c"), record(2, "d"));
        status.set(503);

        assertThatThrownBy(() -> task.put(batch))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("503");
        assertThat(task.preCommit(Map.of()))
                .isEqualTo(Map.of(new TopicPartition("t", 0), new OffsetAndMetadata(1)));
        status.set(200);
        task.put(batch);

        assertThat(received)
                .extracting(text -> text.substring(0, 5))
                .containsExactly("t-0-0", "t-0-1", "t-0-2");
    }

    @Test
    void aSlowReceiversBatchIsToldBitByBitAndNothingTwice() {
        List<SinkRecord> batch =
                List.of(record(0, "d"), record(1, "d"), record(2, "d"), record(3, "d"));
        slowness = Duration.ofSeconds(20);

        assertThatThrownBy(() -> task.put(batch))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("slow");
        assertThat(received).hasSize(2);
        assertThat(task.preCommit(Map.of()))
                .isEqualTo(Map.of(new TopicPartition("t", 0), new OffsetAndMetadata(2)));
        task.put(batch);

        assertThat(received)
                .extracting(text -> text.substring(0, 5))
                .containsExactly("t-0-0", "t-0-1", "t-0-2", "t-0-3");
    }

    @Test
    void whatIsRefusedForGoodDoesNotHoldUpTheRest() {
        status.set(422);

        task.put(List.of(record(0, "c"), record(1, "d")));

        assertThat(received).containsExactly("t-0-1 " + event("d"));
    }
}
