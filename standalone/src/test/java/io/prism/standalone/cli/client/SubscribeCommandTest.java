package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscribeCommandTest {
    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    SubscribeCommandTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("orders");
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void printsALineAboutEachMessageAndItsPayload() {
        // Given
        publish("--text", "hello\nworld", "--key", "k", "--metadata", "type=text");

        // When
        Result result = command.run("subscribe", "orders", "t", "--max", "1");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .matches(
                        "── t  partition \\d  offset 0  2027-01-15T08:00:00Z  id id-1  key k"
                                + "  type=text\nhello\nworld\n");
        assertThat(result.err()).startsWith("1 received, 11 B in ");
    }

    @Test
    void aPayloadThatIsNotTextIsShownAsHex() {
        // Given
        command.stdin("\u001b[2Jgotcha").run("publish", "orders", "t", "-");

        // When
        Result result = command.run("subscribe", "orders", "t", "--max", "1");

        // Then
        assertThat(result.out())
                .doesNotContain("\u001b")
                .contains("00000000  1b 5b 32 4a 67 6f 74 63 68 61")
                .contains(".[2Jgotcha")
                .contains("10 B");
    }

    @Test
    void jsonHoldsTextAsTextAndTheRestAsBase64() {
        // Given
        publish("--text", "grüße", "--metadata", "a=b");
        command.stdin("\u0000\u0001").run("publish", "orders", "t", "-");

        // When
        Result result = command.run("subscribe", "orders", "t", "--max", "2", "--json");

        // Then
        List<JsonNode> events = result.json();
        assertThat(events.get(0).get("payload").asText()).isEqualTo("grüße");
        assertThat(events.get(0).get("metadata").get("a").asText()).isEqualTo("b");
        assertThat(events.get(0).get("payload_size").asLong()).isEqualTo(7);
        assertThat(events.get(1).get("payload_base64").asText())
                .isEqualTo(Base64.getEncoder().encodeToString(new byte[] {0, 1}));
        assertThat(result.errJson().getFirst().get("received").asLong()).isEqualTo(2);
    }

    @Test
    void aLargePayloadThatIsNotInlinedIsNamed() {
        // Given
        publish("--size", "100KB");

        // When
        Result result =
                command.run("subscribe", "orders", "t", "--max", "1", "--max-inline", "1KB");

        // Then
        assertThat(result.out()).contains("100 kB, not inlined; payload_ref orders/id-1");
    }

    @Test
    void writesSmallAndLargePayloadsToAFolder() throws IOException {
        // Given
        publish("--text", "small");
        publish("--size", "9MB");

        // When
        Result result =
                command.run(
                        "subscribe",
                        "orders",
                        "t",
                        "--max",
                        "2",
                        "--max-inline",
                        "1MB",
                        "--output",
                        folder.resolve("in").toString());

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        Path small = folder.resolve("in/t-0-0-id-1");
        Path large = folder.resolve("in/t-0-1-id-2");
        assertThat(small).hasContent("small");
        assertThat(Files.readAllBytes(large))
                .isEqualTo(new GeneratedPayload(9_000_000, 0).readAllBytes());
        assertThat(names()).containsExactlyInAnyOrder("t-0-0-id-1", "t-0-1-id-2");
        assertThat(result.out()).contains("→ " + large + " (9.00 MB)");
    }

    @Test
    void aFetchThatBreaksGoesOnFromWhereItWas() throws IOException {
        // Given
        publish("--size", "9MB");
        prism.faults().fetchBreaksAfter = 2_000_000;
        prism.faults().fetchBreaks.set(3);

        // When
        Result result =
                command.run(
                        "subscribe",
                        "orders",
                        "t",
                        "--max",
                        "1",
                        "--max-inline",
                        "1MB",
                        "--output",
                        folder.resolve("in").toString(),
                        "--json");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.json().getFirst().get("resumed").asInt()).isEqualTo(3);
        assertThat(Files.readAllBytes(folder.resolve("in/t-0-0-id-1")))
                .isEqualTo(new GeneratedPayload(9_000_000, 0).readAllBytes());
        assertThat(List.copyOf(prism.faults().fetchOffsets))
                .hasSize(4)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aMessageIdCannotLeadOutOfTheFolder() throws IOException {
        // Given
        publish("--text", "evil", "--message-id", "../../../etc/passwd");

        // When
        command.run(
                "subscribe",
                "orders",
                "t",
                "--max",
                "1",
                "--output",
                folder.resolve("in").toString());

        // Then
        assertThat(names()).containsExactly("t-0-0-.._.._.._etc_passwd");
    }

    @Test
    void aLostPayloadIsShownNotAcknowledgedAndTheSubscriptionGoesOn() {
        // Given
        publish("--text", "x", "--metadata", "lost=1");
        publish("--text", "still here");

        // When
        Result result =
                command.run("subscribe", "orders", "t", "--subscription", "audit", "--max", "2");

        // Then
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("error: DATA_LOSS CLAIM_CORRUPT: The digest does not match.")
                .contains("still here");
        assertThat(result.err()).contains("1 without payload").contains("1 acknowledged");
        assertThat(prism.pubSub().acknowledged("audit")).containsExactly("id-2");
    }

    @Test
    void aLostPayloadIsAcknowledgedIfThatIsAskedFor() {
        // Given
        publish("--text", "x", "--metadata", "lost=1");

        // When
        command.run(
                "subscribe", "orders", "t", "--subscription", "audit", "--max", "1", "--ack-lost");

        // Then
        assertThat(prism.pubSub().acknowledged("audit")).containsExactly("id-1");
    }

    @Test
    void anObjectThatIsGoneWhenFetchedIsALostPayloadAndLeavesNoFile() throws IOException {
        // Given
        publish("--size", "2MB", "--metadata", "fetch-lost=1");

        // When
        Result result =
                command.run(
                        "subscribe",
                        "orders",
                        "t",
                        "--max",
                        "1",
                        "--max-inline",
                        "1KB",
                        "--output",
                        folder.resolve("in").toString(),
                        "--json");

        // Then
        assertThat(result.exitCode()).isZero();
        assertThat(result.json().getFirst().get("error").get("reason").asText())
                .isEqualTo("CLAIM_MISSING");
        assertThat(names()).isEmpty();
    }

    @Test
    void aDurableSubscriptionAcknowledgesInBatchesAndGoesOnWhereItWas() {
        // Given
        command.run("publish", "orders", "t", "--size", "10", "--count", "250", "-q");

        // When
        Result first =
                command.run(
                        "subscribe",
                        "orders",
                        "t",
                        "--subscription",
                        "audit",
                        "--max",
                        "240",
                        "--print",
                        "none");
        Result second =
                command.run(
                        "subscribe",
                        "orders",
                        "t",
                        "--subscription",
                        "audit",
                        "--idle",
                        "3s",
                        "--json");

        // Then
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).contains("240 acknowledged");
        assertThat(second.json())
                .extracting(node -> node.get("offset").asLong())
                .containsExactly(240L, 241L, 242L, 243L, 244L, 245L, 246L, 247L, 248L, 249L);
        assertThat(prism.pubSub().acknowledged("audit")).hasSize(250);
        assertThat(prism.faults().acknowledgeCalls.get()).isLessThan(100);
    }

    @Test
    void tooFewMessagesInTimeIsANo() {
        // Given
        publish("--text", "only one");

        // When
        Result result = command.run("subscribe", "orders", "t", "--max", "2", "--timeout", "3s");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("1 received");
    }

    @Test
    void aStreamThatEndsByAnErrorEndsTheCommandWithItAfterWhatCameBefore() {
        // Given
        publish("--text", "before");
        prism.faults().subscribeBreaksAfter = 1;

        // When
        Result result = command.run("subscribe", "orders", "t", "--subscription", "audit");

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out()).contains("before");
        assertThat(result.err()).contains("UNAVAILABLE DRAINING: the gateway is stopping");
        assertThat(prism.pubSub().acknowledged("audit")).containsExactly("id-1");
    }

    @Test
    void beginsAtAnOffset() {
        // Given
        command.run("publish", "orders", "t", "--size", "10", "--count", "5", "-q");

        // When
        Result result =
                command.run("subscribe", "orders", "t", "--from", "3", "--max", "2", "--json");

        // Then
        assertThat(result.json())
                .extracting(node -> node.get("offset").asLong())
                .containsExactly(3L, 4L);
    }

    @Test
    void explicitAcknowledgementNeedsADurableSubscription() {
        // When
        Result result = command.run("subscribe", "orders", "t", "--ack", "explicit");

        // Then
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--ack explicit needs --subscription");
    }

    @Test
    void listsAndDeletesSubscriptions() {
        // Given
        publish("--text", "x");
        command.run("subscribe", "orders", "t", "--subscription", "audit", "--max", "1");

        // When
        Result list = command.run("subscriptions", "orders", "--json");
        Result refused = command.stdin("n\n").run("subscriptions", "orders", "delete", "audit");
        Result deleted = command.run("subscriptions", "orders", "delete", "audit", "--yes");
        Result again = command.run("subscriptions", "orders", "delete", "audit", "--yes");

        // Then
        assertThat(list.json().getFirst().get("name").asText()).isEqualTo("audit");
        assertThat(list.json().getFirst().get("ack").asText()).isEqualTo("explicit");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(deleted.exitCode()).isZero();
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("SUBSCRIPTION_NOT_FOUND");
    }

    private void publish(String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "publish";
        all[1] = "orders";
        all[2] = "t";
        System.arraycopy(options, 0, all, 3, options.length);
        assertThat(command.run(all).exitCode()).isZero();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("in"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
