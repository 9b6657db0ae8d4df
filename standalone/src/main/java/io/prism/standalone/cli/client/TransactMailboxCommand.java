package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.MailboxMessage;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactServiceGrpc.TransactServiceBlockingV2Stub;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the messages of a mailbox. */
@Command(
        name = "mailbox",
        description = {
            "Prints the messages of a topic as the outbox has them, published or not, in the order"
                    + " of their transactions.",
            "A message shows when no transaction that began to write before its own is under way"
                    + " any more.",
            "With --consumer it begins where that consumer is; --process moves the consumer behind"
                    + " what was printed."
        },
        footer = {
            "  prism transact mailbox shop orders",
            "  prism transact mailbox shop orders --max 10 --json | jq -r .cursor | tail -1",
            "  prism transact mailbox shop orders --consumer billing",
            "  prism transact mailbox shop orders --consumer billing --process"
        })
final class TransactMailboxCommand extends ClientCommand {
    private static final int LONGEST_TEXT = 4_000;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The topic in the namespace.")
    private String topic = "";

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Messages at most, up to 1000. Default: 100.")
    private int max = 100;

    @Option(
            names = "--cursor",
            paramLabel = "CURSOR",
            description = "Begin behind this message's cursor. Default: the oldest message.")
    private String cursor = "";

    @Option(
            names = "--consumer",
            paramLabel = "NAME",
            description = "Begin where this consumer is.")
    private String consumer = "";

    @Option(
            names = "--process",
            description = "Say that the printed messages are processed by the consumer.")
    private boolean process;

    TransactMailboxCommand() {
        this(Io.system());
    }

    TransactMailboxCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        if (max < 1 || max > 1_000) {
            throw usage("--max is 1 to 1000");
        }
        if (consumer.isEmpty() && process) {
            throw usage("--process moves a consumer; give --consumer");
        }
        if (!consumer.isEmpty() && !cursor.isEmpty()) {
            throw usage("give either --cursor or --consumer");
        }
        try (Connection connection = dataPlane()) {
            TransactServiceBlockingV2Stub calls =
                    connection.transact(namespace).withDeadlineAfter(ServerOptions.callTimeout());
            if (consumer.isEmpty()) {
                read(calls);
            } else {
                follow(calls);
            }
        }
        return ExitCode.OK;
    }

    private void read(TransactServiceBlockingV2Stub calls) throws StatusException {
        ReadMailboxResponse response =
                calls.readMailbox(
                        ReadMailboxRequest.newBuilder()
                                .setTopic(topic)
                                .setLimit(max)
                                .setCursor(cursor)
                                .build());
        show(response.getMessagesList(), response.getMore());
    }

    private void follow(TransactServiceBlockingV2Stub calls) throws StatusException {
        ProcessMailboxRequest asking =
                ProcessMailboxRequest.newBuilder()
                        .setTopic(topic)
                        .setConsumer(consumer)
                        .setLimit(max)
                        .build();
        ProcessMailboxResponse response = calls.processMailbox(asking);
        show(response.getMessagesList(), response.getMore());
        out().flush();
        if (process && response.getMessagesCount() > 0) {
            var unused =
                    calls.processMailbox(
                            asking.toBuilder()
                                    .setLimit(1)
                                    .setPosition(response.getPosition())
                                    .setProcessed(response.getMessagesList().getLast().getCursor())
                                    .build());
            if (!json()) {
                err().printf(
                                Locale.ROOT,
                                "%,d processed by %s%n",
                                response.getMessagesCount(),
                                PayloadText.safe(consumer));
            }
        }
    }

    private void show(List<MailboxMessage> messages, boolean more) {
        messages.forEach(json() ? this::printJson : this::printText);
        if (!json()) {
            if (messages.isEmpty()) {
                err().println("nothing is there");
            } else if (more) {
                err().println("there is more; go on with --cursor, or with --process");
            }
        }
    }

    private void printJson(MailboxMessage message) {
        ObjectNode node =
                Json.object()
                        .put("message_id", message.getMessageId())
                        .put("topic", message.getTopic())
                        .put("key", message.getKey())
                        .put("event_type", message.getEventType())
                        .put("created_at", Json.time(message.getCreatedAt()))
                        .put("published", message.hasPublishedAt())
                        .put("payload_size", message.getPayloadSize())
                        .put("payload_ref", message.getPayloadRef())
                        .put("cursor", message.getCursor());
        node.set("metadata", Json.object(message.getMetadataMap()));
        Optional<String> text = PayloadText.printable(message.getPayload());
        if (text.isPresent()) {
            node.put("text", text.get());
        } else {
            node.put(
                    "payload",
                    Base64.getEncoder().encodeToString(message.getPayload().toByteArray()));
        }
        print(node);
    }

    private void printText(MailboxMessage message) {
        StringBuilder line = new StringBuilder("── ").append(PayloadText.safe(message.getTopic()));
        line.append("  ").append(Json.time(message.getCreatedAt()));
        line.append("  id ").append(PayloadText.safe(message.getMessageId()));
        if (!message.getKey().isEmpty()) {
            line.append("  key ").append(PayloadText.safe(message.getKey()));
        }
        if (!message.getEventType().isEmpty()) {
            line.append("  type ").append(PayloadText.safe(message.getEventType()));
        }
        line.append(message.hasPublishedAt() ? "  published" : "  waits");
        line.append("  cursor ").append(PayloadText.safe(message.getCursor()));
        new TreeMap<>(message.getMetadataMap())
                .forEach(
                        (name, value) ->
                                line.append("  ")
                                        .append(PayloadText.safe(name))
                                        .append('=')
                                        .append(PayloadText.safe(value)));
        out().println(line);
        if (!message.getPayloadRef().isEmpty()) {
            out().printf(
                            "%s, not inlined; payload_ref %s%n",
                            Units.humanBytes(message.getPayloadSize()),
                            PayloadText.safe(message.getPayloadRef()));
            return;
        }
        String text =
                PayloadText.printable(message.getPayload())
                        .orElseGet(() -> PayloadText.hexHead(message.getPayload(), 256, "  "));
        out().println(text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text);
    }
}
