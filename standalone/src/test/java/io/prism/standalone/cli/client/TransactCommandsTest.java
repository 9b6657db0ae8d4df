package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.v1.IsolationLevel;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactCommandsTest {
    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    TransactCommandsTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    private Result run(String line) {
        return command.run(line.split(" "));
    }

    @Test
    void writeSendsARowAndAMessageWithTheirOptions() throws IOException {
        // Given
        Path record = folder.resolve("order.json");
        Files.writeString(
                record, "{\"id\": 9007199254740993, \"total\": 9.90, \"tags\": [\"a\", null]}");
        // When
        Result result =
                run(
                        "transact write shop --table orders --mode upsert --record-file "
                                + record
                                + " --set note=x --id-field id --topic t --text hello --key k"
                                + " --metadata a=b --event-type placed --isolation serializable"
                                + " --timeout 5s --once order-1 --json");
        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        WriteRequest sent = prism.transact().writes.getFirst();
        assertThat(sent.getData().getMode()).isEqualTo(WriteMode.WRITE_MODE_UPSERT);
        assertThat(sent.getData().getRecord().getFieldsOrThrow("id"))
                .as("digit for digit")
                .isEqualTo(Value.newBuilder().setStringValue("9007199254740993").build());
        assertThat(sent.getData().getRecord().getFieldsOrThrow("total").getNumberValue())
                .isEqualTo(9.9);
        assertThat(sent.getData().getRecord().getFieldsOrThrow("note").getStringValue())
                .isEqualTo("x");
        assertThat(sent.getMessage().getPayload().toStringUtf8()).isEqualTo("hello");
        assertThat(sent.getMessage().getEventType()).isEqualTo("placed");
        assertThat(sent.getOptions().getIsolation())
                .isEqualTo(IsolationLevel.ISOLATION_LEVEL_SERIALIZABLE);
        assertThat(sent.getOptions().getTimeout().getSeconds()).isEqualTo(5);
        assertThat(sent.getOptions().getIdempotencyKey()).isEqualTo("order-1");
        assertThat(result.json().getFirst().get("key").get("id").asText())
                .isEqualTo("9007199254740993");
        assertThat(result.json().getFirst().get("message_id").asText()).isEqualTo("m-1");
    }

    @Test
    void writeSaysWhatWasCommittedAndWhetherItWasBefore() {
        assertThat(run("transact write shop --table orders --set id=1").out())
                .isEqualTo("committed  orders {\"id\":\"1\"}\n");
        assertThat(run("transact write shop --topic t --once k").out())
                .isEqualTo("committed  message m-1  (by an earlier call with this key)\n");
    }

    @Test
    void aRefusalIsShownWithItsCode() {
        Result result = run("transact write shop --table unknown --set id=1");
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("TABLE_UNKNOWN", "not declared");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transact",
                "transact write shop",
                "transact write shop --topic t --set a=b",
                "transact write shop --table t --text x",
                "transact write shop --table t --record [1]",
                "transact write shop --table t --record {",
                "transact write shop --table t --mode replace",
                "transact mailbox shop t --max 0",
                "transact mailbox shop t --process",
                "transact mailbox shop t --consumer c --cursor x"
            })
    void aCommandLineThatMakesNoSenseIsRefused(String line) {
        assertThat(run(line).exitCode()).isEqualTo(2);
        assertThat(prism.transact().writes).isEmpty();
    }

    @Test
    void mailboxPrintsMessagesAndWhereToGoOn() {
        Result text = run("transact mailbox shop t --max 2 --cursor c-0");
        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out())
                .contains("id id-first", "type placed", "waits", "cursor c-1", "first", "second");
        assertThat(text.err()).contains("there is more");
        assertThat(prism.transact().readAsked.getCursor()).isEqualTo("c-0");
        assertThat(prism.transact().readAsked.getLimit()).isEqualTo(2);
        Result json = run("transact mailbox shop t --json");
        assertThat(json.json().get(1).get("text").asText()).isEqualTo("second");
        assertThat(json.json().get(1).get("published").asBoolean()).isFalse();
    }

    @Test
    void processMovesTheConsumerBehindWhatWasPrinted() {
        run("transact mailbox shop t --consumer billing");
        assertThat(prism.transact().processed).hasSize(1);
        Result result = run("transact mailbox shop t --consumer billing --process");
        assertThat(result.err()).contains("2 processed by billing");
        ProcessMailboxRequest last = prism.transact().processed.getLast();
        assertThat(last.getPosition()).isEqualTo("c-0");
        assertThat(last.getProcessed()).isEqualTo("c-2");
    }

    @Test
    void everyCommandHasHelp() {
        for (String name : new String[] {"transact", "transact write", "transact mailbox"}) {
            Result help = command.runExactly((name + " --help").split(" "));
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("Exit codes:", "Examples:");
        }
    }
}
