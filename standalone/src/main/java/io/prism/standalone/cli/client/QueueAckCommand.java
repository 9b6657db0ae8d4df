package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.QueueAcknowledgeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Settles or extends leases by their ids. */
@Command(
        name = "ack",
        description = {
            "Settles or extends the leases of messages that `prism queue receive --ack none` or an"
                    + " application holds.",
            "Each id on its own: the command fails with 4 if any of them failed, and says which."
        },
        footer = {
            "  prism queue ack work jobs 0198…@gw-1.7",
            "  prism queue ack work jobs ID --outcome release --delay 10s",
            "  prism queue ack work jobs ID --outcome reject --reason 'no such film'",
            "  prism queue ack work films ID --outcome extend --delay 10m"
        })
final class QueueAckCommand extends ClientCommand {
    /** As the gRPC contract has it. */
    private static final int MOST_IDS = 1000;

    /** What becomes of the messages. */
    enum Outcome {
        ACCEPT(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT, "accepted"),
        RELEASE(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE, "released"),
        REJECT(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_REJECT, "rejected"),
        EXTEND(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_EXTEND, "extended");

        private final AcknowledgeOutcome proto;
        private final String done;

        Outcome(AcknowledgeOutcome proto, String done) {
            this.proto = proto;
            this.done = done;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The queue in the namespace.")
    private String topic = "";

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "MESSAGE_ID",
            description = "The message_id of a delivery, which is not the id it was sent under.")
    private List<String> messageIds = List.of();

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The group the messages were delivered to. Default: default.")
    private String group = "";

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description =
                    "${COMPLETION-CANDIDATES}: accept is done, release is again, reject is to the"
                            + " dead letters, extend is a new lease. Default: accept.")
    private Outcome outcome = Outcome.ACCEPT;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description =
                    "With release: how long the message waits, up to 15m. With extend: the new"
                            + " lease; without, as long as the old one was.")
    private @Nullable Duration delay;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "With release and reject: why; the dead letter has it.")
    private String reason = "";

    QueueAckCommand() {
        this(Io.system());
    }

    QueueAckCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        check();
        QueueAcknowledgeRequest.Builder header =
                QueueAcknowledgeRequest.newBuilder()
                        .setTopic(topic)
                        .setGroup(group)
                        .setOutcome(outcome.proto)
                        .setReason(reason);
        if (delay != null) {
            header.setDelay(Units.proto(delay));
        }
        long done = 0;
        long failed = 0;
        try (Connection connection = dataPlane()) {
            AckCalls calls = AckCalls.ofQueue(connection.queue(namespace), header.build());
            for (int from = 0; from < messageIds.size(); from += MOST_IDS) {
                int to = Math.min(messageIds.size(), from + MOST_IDS);
                AckCalls.Answer answer = calls.acknowledge(messageIds.subList(from, to));
                done += answer.acknowledged();
                failed += answer.failures().size();
                answer.failures().forEach(this::printFailure);
            }
        }
        show(done, failed);
        return failed == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void check() {
        boolean timed = outcome == Outcome.RELEASE || outcome == Outcome.EXTEND;
        if (delay != null && !timed) {
            throw usage("--delay goes with --outcome release or extend, not " + outcome);
        }
        boolean failing = outcome == Outcome.RELEASE || outcome == Outcome.REJECT;
        if (!reason.isEmpty() && !failing) {
            throw usage("--reason goes with --outcome release or reject, not " + outcome);
        }
    }

    private void show(long done, long failed) {
        if (json()) {
            print(
                    Json.object()
                            .put("outcome", outcome.toString())
                            .put("acknowledged", done)
                            .put("failed", failed));
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%,d %s%s%n",
                        done,
                        outcome.done,
                        failed == 0 ? "" : String.format(Locale.ROOT, "; %,d failed", failed));
    }
}
