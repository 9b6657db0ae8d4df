package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prism.v1.Message;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The commands for queues, against real servers. */
final class QueueCommandsIT {
    private static final String NAMESPACE = "queue-commands-it";

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.create(
                """
                namespaces:
                  - name: queue-commands-it
                    client_api: queue
                    backend: kafka
                """);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static JsonNode info(String topic) {
        return Command.ok("queue", "info", NAMESPACE, topic, "--json").json().getFirst();
    }

    @Test
    void aMessageIsSentRejectedRedrivenAndAccepted() {
        Command.ok(
                "queue",
                "send",
                NAMESPACE,
                "jobs",
                "--text",
                "resize 17",
                "--key",
                "k",
                "--id",
                "j-1");

        // When
        Command.Result rejected =
                Command.ok(
                        "queue",
                        "receive",
                        NAMESPACE,
                        "jobs",
                        "--max",
                        "1",
                        "--timeout",
                        "30s",
                        "--ack",
                        "reject",
                        "--json");

        // Then
        assertThat(rejected.json().getFirst().get("payload").asText()).isEqualTo("resize 17");
        assertThat(rejected.json().getFirst().get("published_id").asText()).isEqualTo("j-1");
        assertThat(rejected.json().getFirst().get("delivery_count").asInt()).isEqualTo(1);
        assertThat(info("jobs").get("dead_letters").asInt()).isEqualTo(1);

        // When
        Command.Result dry = Command.ok("queue", "redrive", NAMESPACE, "jobs", "--dry-run");
        Command.Result redriven = Command.ok("queue", "redrive", NAMESPACE, "jobs", "--json");

        // Then
        assertThat(dry.out()).startsWith("1 dead letters; nothing was moved");
        assertThat(redriven.json().getFirst().get("redriven").asInt()).isEqualTo(1);
        Command.Result accepted =
                Command.ok("queue", "receive", NAMESPACE, "jobs", "--max", "1", "--timeout", "30s");
        assertThat(accepted.out()).contains("delivery 1", "key k", "resize 17");
        assertThat(accepted.err()).contains("1 acknowledged");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            assertThat(info("jobs").get("depth").asInt()).isZero();
                            assertThat(info("jobs").get("dead_letters").asInt()).isZero();
                        });
    }

    @Test
    void aDeliveryIsAcknowledgedOnceByItsIdAndThenItsLeaseIsGone() {
        Command.ok("queue", "send", NAMESPACE, "held", "--text", "hold me");
        QueueSubscribeRequest request =
                QueueSubscribeRequest.newBuilder().setTopic("held").setGroup("g").build();
        try (Worker holder = new Worker(client, NAMESPACE, request)) {
            Message message = holder.next(Duration.ofSeconds(20));
            String id = message.getMessageId();
            Command.ok(
                    "queue",
                    "ack",
                    NAMESPACE,
                    "held",
                    id,
                    "--group",
                    "g",
                    "--outcome",
                    "extend",
                    "--delay",
                    "1m");
            Command.Result accepted =
                    Command.ok("queue", "ack", NAMESPACE, "held", id, "--group", "g");
            Command.Result stale =
                    Command.prism("queue", "ack", NAMESPACE, "held", id, "--group", "g");
            assertThat(accepted.out().strip()).isEqualTo("1 accepted");
            assertThat(stale.exitCode()).isEqualTo(4);
            assertThat(stale.err()).contains(id, "LEASE_LOST", "try: receive the message again");
        }
    }
}
