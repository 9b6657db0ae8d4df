package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.standalone.cli.client.transact.Records;
import io.prism.v1.DataWrite;
import io.prism.v1.IsolationLevel;
import io.prism.v1.MessageWrite;
import io.prism.v1.TransactionOptions;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a row, a message, or both in one transaction. */
@Command(
        name = "write",
        description = {
            "Writes a row (--table), a message (--topic), or both: they commit together, or not at"
                    + " all.",
            "Prints the row's key and the message's id once the transaction is committed."
        },
        footer = {
            "  prism transact write shop --table orders --set id=17 --set total=9.90 \\",
            "      --topic orders --text '{\"order\":17}' --key 17",
            "  prism transact write shop --table orders --mode upsert --record-file order.json",
            "  prism transact write shop --table orders --mode delete --set id=17",
            "  prism transact write shop --topic orders --file event.json --once shipped-17"
        })
final class TransactWriteCommand extends ClientCommand {
    private static final long LARGEST = 64L << 20;

    /** What is done with the row. */
    enum Mode {
        insert,
        update,
        upsert,
        delete
    }

    /** How transactions see each other. */
    enum Isolation {
        read_committed,
        repeatable_read,
        serializable
    }

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description = "One of the namespace's tables: table or schema.table.")
    private String table = "";

    @Option(
            names = "--record",
            paramLabel = "JSON",
            description = "The row: a JSON object of columns.")
    private @Nullable String record;

    @Option(
            names = "--record-file",
            paramLabel = "FILE",
            description = "The row: a file that holds a JSON object of columns.")
    private @Nullable Path recordFile;

    @Option(
            names = "--set",
            paramLabel = "COLUMN=VALUE",
            description = "A column's value as text; may be given many times.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "${COMPLETION-CANDIDATES}. Default: insert.")
    private Mode mode = Mode.insert;

    @Option(
            names = "--id-field",
            paramLabel = "COLUMN",
            description = "The unique column that names the row. Default: the primary key.")
    private String idField = "";

    @Option(names = "--topic", paramLabel = "TOPIC", description = "The message's topic.")
    private String topic = "";

    @Option(names = "--text", paramLabel = "TEXT", description = "The message's payload.")
    private @Nullable String text;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "The message's payload is this file, of up to 64MiB.")
    private @Nullable Path file;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Messages with one key keep their order.")
    private String key = "";

    @Option(
            names = "--metadata",
            paramLabel = "NAME=VALUE",
            description = "Delivered with the message; may be given many times.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--event-type",
            paramLabel = "TYPE",
            description = "Delivered as the header event_type.")
    private String eventType = "";

    @Option(
            names = "--isolation",
            paramLabel = "LEVEL",
            description = "${COMPLETION-CANDIDATES}. Default: read_committed.")
    private Isolation isolation = Isolation.read_committed;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description = "How long the transaction may take, up to 1m. Default: 10s.")
    private @Nullable Duration timeout;

    @Option(
            names = {"--once", "--idempotency-key"},
            paramLabel = "KEY",
            description = "Repeated with this key within a day, the write happens once.")
    private String idempotencyKey = "";

    TransactWriteCommand() {
        this(Io.system());
    }

    TransactWriteCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException {
        WriteRequest request = request();
        try (Connection connection = dataPlane()) {
            show(
                    connection
                            .transact(namespace)
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .write(request));
        }
        return ExitCode.OK;
    }

    private WriteRequest request() throws IOException {
        if (table.isEmpty() && topic.isEmpty()) {
            throw usage("give --table, --topic, or both");
        }
        WriteRequest.Builder request = WriteRequest.newBuilder().setOptions(options());
        if (!table.isEmpty()) {
            request.setData(data());
        } else if (record != null || recordFile != null || !set.isEmpty()) {
            throw usage("--record, --record-file and --set are a row's; give its --table");
        }
        if (!topic.isEmpty()) {
            request.setMessage(message());
        } else if (text != null || file != null) {
            throw usage("--text and --file are a message's payload; give its --topic");
        }
        return request.build();
    }

    private DataWrite data() throws IOException {
        if (record != null && recordFile != null) {
            throw usage("give either --record or --record-file");
        }
        Struct columns;
        try {
            columns = Records.of(recordFile == null ? record : Files.readString(recordFile), set);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        return DataWrite.newBuilder()
                .setTable(table)
                .setRecord(columns)
                .setIdField(idField)
                .setMode(
                        switch (mode) {
                            case insert -> WriteMode.WRITE_MODE_INSERT;
                            case update -> WriteMode.WRITE_MODE_UPDATE;
                            case upsert -> WriteMode.WRITE_MODE_UPSERT;
                            case delete -> WriteMode.WRITE_MODE_DELETE;
                        })
                .build();
    }

    private MessageWrite message() throws IOException {
        if (text != null && file != null) {
            throw usage("give either --text or --file");
        }
        return MessageWrite.newBuilder()
                .setTopic(topic)
                .setPayload(payload())
                .setKey(key)
                .putAllMetadata(metadata)
                .setEventType(eventType)
                .build();
    }

    private ByteString payload() throws IOException {
        if (file != null) {
            if (Files.size(file) > LARGEST) {
                throw usage("a message in a transaction has at most 64MiB; publish larger ones");
            }
            return ByteString.copyFrom(Files.readAllBytes(file));
        }
        return text == null ? ByteString.EMPTY : ByteString.copyFromUtf8(text);
    }

    private TransactionOptions options() {
        TransactionOptions.Builder options =
                TransactionOptions.newBuilder()
                        .setIdempotencyKey(idempotencyKey)
                        .setIsolation(
                                switch (isolation) {
                                    case read_committed ->
                                            IsolationLevel.ISOLATION_LEVEL_READ_COMMITTED;
                                    case repeatable_read ->
                                            IsolationLevel.ISOLATION_LEVEL_REPEATABLE_READ;
                                    case serializable ->
                                            IsolationLevel.ISOLATION_LEVEL_SERIALIZABLE;
                                });
        if (timeout != null) {
            options.setTimeout(Units.proto(timeout));
        }
        return options.build();
    }

    private void show(WriteResponse response) {
        if (json()) {
            ObjectNode node = Json.object();
            node.set("key", Records.json(response.getKey()));
            print(
                    node.put("updated", response.getUpdated())
                            .put("message_id", response.getMessageId())
                            .put("committed_at", Json.time(response.getCommittedAt()))
                            .put("position", response.getPosition())
                            .put("replayed", response.getReplayed()));
            return;
        }
        StringBuilder line = new StringBuilder("committed");
        if (response.getKey().getFieldsCount() > 0) {
            line.append("  ").append(table).append(' ');
            line.append(PayloadText.safe(Records.json(response.getKey()).toString()));
        }
        if (response.getUpdated()) {
            line.append(" (was there before)");
        }
        if (!response.getMessageId().isEmpty()) {
            line.append("  message ").append(PayloadText.safe(response.getMessageId()));
        }
        if (response.getReplayed()) {
            line.append("  (by an earlier call with this key)");
        }
        out().println(line);
    }
}
