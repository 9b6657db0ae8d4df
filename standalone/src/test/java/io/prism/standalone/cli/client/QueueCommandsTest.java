package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.QueueAcknowledgeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueCommandsTest {
    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    QueueCommandsTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("work");
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    private Result send(String text) {
        return command.run("queue", "send", "work", "jobs", "--text", text, "--key", "k");
    }

    @Test
    void sendPublishesWithKeyMetadataAndId() {
        Result result =
                command.run(
                        "queue",
                        "send",
                        "work",
                        "jobs",
                        "--text",
                        "hello",
                        "--key",
                        "k",
                        "--metadata",
                        "a=b",
                        "--id",
                        "job-1",
                        "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.json().getFirst().get("message_id").asText()).isEqualTo("job-1");
        var stored = prism.log().all().getFirst();
        assertThat(stored.namespace()).isEqualTo("work");
        assertThat(stored.request().getTopic()).isEqualTo("jobs");
        assertThat(stored.request().getKey()).isEqualTo("k");
        assertThat(stored.request().getMetadataMap()).containsEntry("a", "b");
        assertThat(stored.payload().toStringUtf8()).isEqualTo("hello");
    }

    @Test
    void sendTakesManyMessagesAndLargePayloadsAsPublishDoes() {
        Result many = command.run("queue", "send", "work", "jobs", "--text", "x", "--count", "5");
        Result large = command.run("queue", "send", "work", "jobs", "--size", "6MB", "-q");
        Result piped = command.stdin("from a pipe").run("queue", "send", "work", "jobs", "-");
        assertThat(List.of(many.exitCode(), large.exitCode(), piped.exitCode())).containsOnly(0);
        assertThat(prism.log().all()).hasSize(7);
        assertThat(prism.log().all().get(5).payload().size()).isEqualTo(6_000_000);
        assertThat(prism.log().all().get(6).payload().toStringUtf8()).isEqualTo("from a pipe");
    }

    @Test
    void sendWithoutAPayloadIsAUsageError() {
        Result result = command.run("queue", "send", "work", "jobs");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("which payload?");
    }

    @Test
    void receivePrintsEachMessageAndAcceptsIt() {
        send("one");
        send("two");
        Result result = command.run("queue", "receive", "work", "jobs", "--max", "2");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("id id-1@gw.1", "key k", "delivery 2", "size 3 B", "one", "two");
        assertThat(result.err()).contains("2 received", "2 acknowledged");
        assertThat(prism.queue().acknowledged)
                .allMatch(
                        call -> call.getOutcome() == AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT)
                .flatExtracting(QueueAcknowledgeRequest::getMessageIdsList)
                .containsExactly("id-1@gw.1", "id-2@gw.1");
    }

    @Test
    void receiveAsksForWhatItsOptionsSay() {
        send("one");
        Result result =
                command.run(
                        "queue",
                        "receive",
                        "work",
                        "jobs",
                        "--group",
                        "g",
                        "--max",
                        "1",
                        "--visibility",
                        "90s",
                        "--max-inflight",
                        "7",
                        "--max-deliveries",
                        "3",
                        "--max-inline",
                        "1MB");
        assertThat(result.exitCode()).as(result.err()).isZero();
        var asked = prism.queue().subscribeAsked;
        assertThat(asked.getTopic()).isEqualTo("jobs");
        assertThat(asked.getGroup()).isEqualTo("g");
        assertThat(asked.getVisibilityTimeout().getSeconds()).isEqualTo(90);
        assertThat(asked.getMaxInflight()).as("no more than are wanted").isEqualTo(1);
        assertThat(asked.getMaxDeliveries()).isEqualTo(3);
        assertThat(asked.getMaxInlineBytes()).isEqualTo(1_000_000);
        assertThat(prism.queue().acknowledged.getFirst().getGroup()).isEqualTo("g");
    }

    @ParameterizedTest
    @CsvSource({"release,ACKNOWLEDGE_OUTCOME_RELEASE", "reject,ACKNOWLEDGE_OUTCOME_REJECT"})
    void receiveGivesBackOrRejectsAsAsked(String ack, AcknowledgeOutcome outcome) {
        send("one");
        Result result = command.run("queue", "receive", "work", "jobs", "--max", "1", "--ack", ack);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.queue().acknowledged)
                .extracting(QueueAcknowledgeRequest::getOutcome)
                .containsExactly(outcome);
        assertThat(prism.queue().acknowledged.getFirst().getReason()).endsWith("--ack " + ack);
    }

    @Test
    void withoutAcknowledgementTheStreamStaysOpenAndHoldsNoMoreThanWasAsked() {
        send("one");
        Result result =
                command.run(
                        "queue", "receive", "work", "jobs", "--ack", "none", "--max", "1", "--idle",
                        "3s", "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.json().getFirst().get("message_id").asText()).isEqualTo("id-1@gw.1");
        assertThat(result.json().getFirst().get("published_id").asText()).isEqualTo("id-1");
        assertThat(result.json().getFirst().get("delivery_count").asInt()).isEqualTo(2);
        assertThat(result.json().getFirst().get("lease_until").asText()).startsWith("2027-");
        assertThat(prism.queue().subscribeAsked.getMaxInflight()).isEqualTo(1);
        assertThat(prism.queue().acknowledged).isEmpty();
    }

    @Test
    void receiveKeepsPayloadsInAFolder() throws IOException {
        send("kept");
        Result result =
                command.run(
                        "queue",
                        "receive",
                        "work",
                        "jobs",
                        "--max",
                        "1",
                        "--out",
                        folder.toString());
        assertThat(result.exitCode()).as(result.err()).isZero();
        try (var files = Files.list(folder)) {
            assertThat(files.map(QueueCommandsTest::read)).containsExactly("kept");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void tooFewMessagesInTimeAreANo() {
        Result result =
                command.run("queue", "receive", "work", "jobs", "--max", "1", "--timeout", "200ms");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void ackSettlesEveryIdWithItsOutcome() {
        Result result =
                command.run(
                        "queue",
                        "ack",
                        "work",
                        "jobs",
                        "a",
                        "b",
                        "--group",
                        "g",
                        "--outcome",
                        "release",
                        "--delay",
                        "10s",
                        "--reason",
                        "later");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().strip()).isEqualTo("2 released");
        QueueAcknowledgeRequest asked = prism.queue().acknowledged.getFirst();
        assertThat(asked.getTopic()).isEqualTo("jobs");
        assertThat(asked.getGroup()).isEqualTo("g");
        assertThat(asked.getMessageIdsList()).containsExactly("a", "b");
        assertThat(asked.getOutcome()).isEqualTo(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE);
        assertThat(asked.getDelay().getSeconds()).isEqualTo(10);
        assertThat(asked.getReason()).isEqualTo("later");
    }

    @Test
    void ackSaysWhichIdsFailedAndFails() {
        Result text = command.run("queue", "ack", "work", "jobs", "a", "lost", "broken");
        Result json = command.run("queue", "ack", "work", "jobs", "a", "lost", "--json");
        assertThat(text.exitCode()).isEqualTo(4);
        assertThat(text.out().strip()).isEqualTo("1 accepted; 2 failed");
        assertThat(text.err())
                .contains(
                        "not acknowledged: lost: NOT_FOUND LEASE_LOST: not this one",
                        "try: receive the message again",
                        "not acknowledged: broken: INVALID_ARGUMENT MESSAGE_ID_INVALID");
        assertThat(json.exitCode()).isEqualTo(4);
        assertThat(json.json().getFirst().toString())
                .isEqualTo("{\"outcome\":\"accept\",\"acknowledged\":1,\"failed\":1}");
        assertThat(json.errJson().getFirst().get("message_id").asText()).isEqualTo("lost");
        assertThat(json.errJson().getFirst().at("/error/reason").asText()).isEqualTo("LEASE_LOST");
    }

    @Test
    void ackWithManyIdsMakesCallsOfAThousand() {
        String[] arguments = new String[1_504];
        java.util.Arrays.setAll(arguments, i -> "id-" + i);
        System.arraycopy(new String[] {"queue", "ack", "work", "jobs"}, 0, arguments, 0, 4);
        Result result = command.run(arguments);
        assertThat(result.out().strip()).isEqualTo("1,500 accepted");
        assertThat(prism.queue().acknowledged)
                .extracting(QueueAcknowledgeRequest::getMessageIdsCount)
                .containsExactly(1_000, 500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ack work jobs",
                "ack work jobs a --delay 10s",
                "ack work jobs a --outcome extend --reason why",
                "receive work jobs --max 0",
                "receive work jobs --max-deliveries 0",
                "receive work jobs --ack none --ack-lost",
                "receive work jobs --ack maybe",
                "redrive work jobs --rate 0",
                "redrive work jobs --max 0",
                "redrive work jobs --max-redrives 0",
                "info work"
            })
    void whatMakesNoSenseIsAUsageError(String arguments) {
        Result result = command.run(("queue " + arguments).split(" "));
        assertThat(result.exitCode()).as(result.out()).isEqualTo(2);
        assertThat(result.err()).isNotBlank();
        assertThat(prism.queue().acknowledged).isEmpty();
    }

    @Test
    void redriveSaysWhatItMovedAndWhatStayedDead() {
        Result text =
                command.run(
                        "queue",
                        "redrive",
                        "work",
                        "jobs",
                        "--rate",
                        "0.5",
                        "--max",
                        "9",
                        "--max-redrives",
                        "2");
        Result json = command.run("queue", "redrive", "work", "jobs", "--json");
        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out().strip())
                .isEqualTo(
                        "2 redriven, 1 redriven too often before and still dead, 0 not looked at");
        assertThat(json.json().getFirst().toString())
                .isEqualTo(
                        "{\"namespace\":\"work\",\"topic\":\"jobs\",\"dry_run\":false,"
                                + "\"redriven\":2,\"skipped\":1,\"remaining\":0,\"done\":true}");
    }

    @Test
    void redriveAsksForWhatItsOptionsSay() {
        Result result =
                command.run(
                        "queue",
                        "redrive",
                        "work",
                        "jobs",
                        "--dry-run",
                        "--rate",
                        "0.5",
                        "--max",
                        "9",
                        "--max-redrives",
                        "2");
        assertThat(result.out().strip()).isEqualTo("3 dead letters; nothing was moved");
        var asked = prism.queue().redriveAsked;
        assertThat(asked.getDryRun()).isTrue();
        assertThat(asked.getRate()).isEqualTo(0.5);
        assertThat(asked.getMaxMessages()).isEqualTo(9);
        assertThat(asked.getMaxRedrives()).isEqualTo(2);
    }

    @Test
    void aRedriveThatBreaksSaysWhatItMovedUntilThen() {
        Result result = command.run("queue", "redrive", "work", "breaks");
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out().strip()).isEqualTo("until then: 1 redriven, 2 not looked at");
        assertThat(result.err()).contains("BACKEND_UNAVAILABLE", "check that Kafka answers");
    }

    @Test
    void infoCounts() {
        Result text = command.run("queue", "info", "work", "jobs", "--group", "g");
        Result json = command.run("queue", "info", "work", "jobs", "--json");
        assertThat(text.out().strip())
                .isEqualTo(
                        "jobs, group g: 12 not accepted yet, 3 of them in flight; 1 dead; 2"
                                + " consumers; 4,000 stored in 4 partitions");
        assertThat(json.json().getFirst().toString())
                .isEqualTo(
                        "{\"namespace\":\"work\",\"topic\":\"jobs\",\"group\":\"default\","
                                + "\"depth\":12,\"in_flight\":3,\"dead_letters\":1,"
                                + "\"consumers\":2,\"stored\":4000,\"partitions\":4}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"send", "receive", "ack", "redrive", "info"})
    void everyCommandExplainsItselfWithExamplesAndExitCodes(String name) {
        Result help = command.runExactly("queue", name, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains("Usage: prism queue " + name)
                .contains("  prism queue " + name + " work ")
                .contains("Exit codes:");
    }

    @Test
    void receiveSaysThatLeasesEndWithTheStream() {
        assertThat(command.runExactly("queue", "receive", "--help").out())
                .contains("A lease lives no longer than the stream it came on.", "until Ctrl-C");
    }

    @Test
    void withoutACommandItSaysWhichThereAre() {
        Result result = command.runExactly("queue");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Which one? send, receive, ack, redrive, info");
    }

    @Test
    void whereNobodyAnswersItSaysSo() {
        prism.close();
        Result result = command.run("queue", "info", "work", "jobs");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("no Prism answers at " + prism.address());
    }
}
