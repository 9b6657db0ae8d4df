package io.prism.standalone.cli.client;

import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.standalone.cli.client.subscribe.Acknowledger;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Receives a queue's messages. */
@Command(
        name = "receive",
        description = {
            "Receives messages of a queue and prints them, or keeps their payloads in a folder;"
                    + " then acknowledges them.",
            "A lease lives no longer than the stream it came on. So --ack none keeps the stream"
                    + " open until Ctrl-C (or --timeout, --idle): acknowledge with `prism queue ack`"
                    + " from another terminal meanwhile, within --visibility. What is not"
                    + " acknowledged then goes to another consumer, with one delivery more counted."
        },
        footer = {
            "  prism queue receive work jobs",
            "  prism queue receive work jobs --max 10 --timeout 5s --json | jq .payload",
            "  prism queue receive work films --group encoders --out ./films --visibility 10m",
            "  prism queue receive work jobs --max 1 --ack reject",
            "  prism queue receive work jobs --max 1 --ack none"
        })
final class QueueReceiveCommand extends ReceivingCommand {
    private static final int ACK_BATCH = 100;
    private static final int DEFAULT_INFLIGHT = 10;
    private static final int MOST_INFLIGHT = 1000;

    /** What becomes of a message that was printed. */
    enum Ack {
        ACCEPT,
        RELEASE,
        REJECT,
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The queue in the namespace.")
    private String topic = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The consumers that share the work. Default: default.")
    private String group = "";

    @Option(
            names = "--ack",
            paramLabel = "OUTCOME",
            description =
                    "${COMPLETION-CANDIDATES}: accept is done, release is again, reject is to the"
                            + " dead letters; none leaves it to `prism queue ack`. Default: accept,"
                            + " once printed or written.")
    private Ack ack = Ack.ACCEPT;

    @Option(
            names = "--ack-lost",
            description = "Also acknowledge messages whose payload cannot be had.")
    private boolean ackLost;

    @Option(
            names = "--max",
            paramLabel = "N",
            description =
                    "End after N messages; with --ack none, hold N at once at most, and do not"
                            + " end.")
    private @Nullable Integer max;

    @Option(
            names = "--visibility",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description =
                    "How long a message is ours unless it is acknowledged or extended, 1s to 12h."
                            + " Default: 30s.")
    private @Nullable Duration visibility;

    @Option(
            names = "--max-inflight",
            paramLabel = "N",
            description =
                    "Messages held at once at most, up to 1000. Default: 10, or --max if that is"
                            + " less.")
    private @Nullable Integer maxInflight;

    @Option(
            names = "--max-deliveries",
            paramLabel = "N",
            description =
                    "After so many deliveries a message that fails again is a dead letter."
                            + " Default: 5.")
    private @Nullable Integer maxDeliveries;

    QueueReceiveCommand() {
        this(Io.system());
    }

    QueueReceiveCommand(Io io) {
        super(io);
    }

    @Override
    String namespace() {
        return namespace;
    }

    @Override
    OptionalLong most() {
        return max == null || ack == Ack.NONE ? OptionalLong.empty() : OptionalLong.of(max);
    }

    @Override
    void check() {
        atLeastOne("--max", max);
        atLeastOne("--max-inflight", maxInflight);
        atLeastOne("--max-deliveries", maxDeliveries);
        if (ack == Ack.NONE && ackLost) {
            throw usage("--ack none acknowledges nothing, so it does not go with --ack-lost");
        }
    }

    private void atLeastOne(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw usage(option + " must be at least 1");
        }
    }

    @Override
    Opened open(Connection connection) {
        QueueServiceBlockingV2Stub stub = connection.queue(namespace);
        QueueSubscribeRequest.Builder request =
                QueueSubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setGroup(group)
                        .setMaxInflight(inflight());
        if (visibility != null) {
            request.setVisibilityTimeout(Units.proto(visibility));
        }
        if (maxDeliveries != null) {
            request.setMaxDeliveries(maxDeliveries);
        }
        maxInline().ifPresent(request::setMaxInlineBytes);
        most().ifPresent(request::setMaxMessages);
        EventStream stream = EventStream.open(stub, request.build());
        return new Opened(stream, outcome().map(outcome -> acknowledger(stub, outcome)), ackLost);
    }

    /** More than are wanted would only come to go back. */
    private int inflight() {
        if (ack == Ack.NONE && max != null) {
            return Math.min(max, maxInflight == null ? MOST_INFLIGHT : maxInflight);
        }
        int asked = maxInflight == null ? DEFAULT_INFLIGHT : maxInflight;
        return max == null ? asked : Math.min(max, asked);
    }

    private Acknowledger acknowledger(QueueServiceBlockingV2Stub stub, AcknowledgeOutcome outcome) {
        QueueAcknowledgeRequest header =
                QueueAcknowledgeRequest.newBuilder()
                        .setTopic(topic)
                        .setGroup(group)
                        .setOutcome(outcome)
                        .setReason(ack == Ack.ACCEPT ? "" : "prism queue receive --ack " + ack)
                        .build();
        return new Acknowledger(
                AckCalls.ofQueue(stub, header),
                Math.min(ACK_BATCH, inflight()),
                this::notAcknowledged);
    }

    private Optional<AcknowledgeOutcome> outcome() {
        return switch (ack) {
            case ACCEPT -> Optional.of(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT);
            case RELEASE -> Optional.of(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE);
            case REJECT -> Optional.of(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_REJECT);
            case NONE -> Optional.empty();
        };
    }
}
