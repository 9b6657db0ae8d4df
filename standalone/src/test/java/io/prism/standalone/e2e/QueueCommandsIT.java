package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.standalone.cli.PrismCommand;
import io.prism.v1.Message;
import io.prism.v1.QueueSubscribeRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The commands for queues, and the demo's chapter about them, against real servers. */
final class QueueCommandsIT {
    private static final String NAMESPACE = "queue-commands-it";
    private static final ObjectMapper JSON = new ObjectMapper();

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

    private record Result(int exitCode, String out, String err) {
        List<JsonNode> json() {
            return out.lines().map(QueueCommandsIT::parse).toList();
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + line, e);
        }
    }

    /** With the shared Prism's data folder, as a user beside its `prism up`. */
    private static Result prism(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = SharedPrism.get().folder().toString();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                PrismCommand.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(all);
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static Result ok(String... arguments) {
        Result result = prism(arguments);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        return result;
    }

    private static JsonNode info(String topic) {
        return ok("queue", "info", NAMESPACE, topic, "--json").json().getFirst();
    }

    @Test
    void aMessageIsSentRejectedRedrivenAndAccepted() {
        ok("queue", "send", NAMESPACE, "jobs", "--text", "resize 17", "--key", "k", "--id", "j-1");

        // When
        Result rejected =
                ok(
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
        Result dry = ok("queue", "redrive", NAMESPACE, "jobs", "--dry-run");
        Result redriven = ok("queue", "redrive", NAMESPACE, "jobs", "--json");

        // Then
        assertThat(dry.out()).startsWith("1 dead letters; nothing was moved");
        assertThat(redriven.json().getFirst().get("redriven").asInt()).isEqualTo(1);
        Result accepted =
                ok("queue", "receive", NAMESPACE, "jobs", "--max", "1", "--timeout", "30s");
        assertThat(accepted.out()).contains("delivery 1", "key k", "resize 17");
        assertThat(accepted.err()).contains("1 acknowledged");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> {
                            assertThat(info("jobs").get("depth").asInt()).isZero();
                            assertThat(info("jobs").get("dead_letters").asInt()).isZero();
                        });
    }

    @Test
    void aDeliveryIsAcknowledgedOnceByItsIdAndThenItsLeaseIsGone() {
        ok("queue", "send", NAMESPACE, "held", "--text", "hold me");
        QueueSubscribeRequest request =
                QueueSubscribeRequest.newBuilder().setTopic("held").setGroup("g").build();
        try (Worker holder = new Worker(client, NAMESPACE, request)) {
            Message message = holder.next(Duration.ofSeconds(20));
            String id = message.getMessageId();
            ok(
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
            Result accepted = ok("queue", "ack", NAMESPACE, "held", id, "--group", "g");
            Result stale = prism("queue", "ack", NAMESPACE, "held", id, "--group", "g");
            assertThat(accepted.out().strip()).isEqualTo("1 accepted");
            assertThat(stale.exitCode()).isEqualTo(4);
            assertThat(stale.err()).contains(id, "LEASE_LOST", "try: receive the message again");
        }
    }

    @Test
    void theDemosChapterHolds() {
        Result told = ok("demo", "--chapter", "queue");
        assertThat(told.out()).contains("checks held.").doesNotContain("does not hold");
    }
}
