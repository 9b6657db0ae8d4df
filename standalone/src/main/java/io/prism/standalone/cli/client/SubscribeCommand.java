package io.prism.standalone.cli.client;

import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.standalone.cli.client.subscribe.Acknowledger;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.standalone.cli.client.subscribe.StartPositions;
import io.prism.v1.AckMode;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Receives messages. */
@Command(
        name = "subscribe",
        description = {
            "Receives the messages of a topic and prints them, or keeps their payloads in a folder.",
            "With --subscription the position is kept: the next `subscribe` goes on from there, and",
            "a message counts as received once it was printed or written (--ack explicit)."
        },
        footer = {
            "  prism subscribe orders created",
            "  prism subscribe orders 'created.>' --from latest --json | jq .payload",
            "  prism subscribe orders created --subscription audit --max 100 --timeout 10s",
            "  prism subscribe videos uploads --subscription archive --output ./videos"
        })
final class SubscribeCommand extends ReceivingCommand {
    private static final int ACK_BATCH = 100;
    private static final int DEFAULT_INFLIGHT = 1000;

    /** Who says that a message was received. */
    enum Ack {
        AUTO,
        EXPLICIT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            paramLabel = "TOPIC",
            description = "A topic, or a pattern: a.* is one level, a.> the rest.")
    private String topic = "";

    @Option(
            names = "--subscription",
            paramLabel = "NAME",
            description = "A durable subscription, made if it is not there.")
    private String subscription = "";

    @Option(
            names = "--ack",
            paramLabel = "MODE",
            description =
                    "${COMPLETION-CANDIDATES}: auto counts what was sent to us as received, explicit"
                            + " what we have printed or written. Default: explicit with"
                            + " --subscription, auto without.")
    private @Nullable Ack ack;

    @Option(
            names = "--ack-lost",
            description = "Also acknowledge messages whose payload cannot be had.")
    private boolean ackLost;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description =
                    "Where a new subscription begins: earliest, latest, an offset, a time"
                            + " (2026-01-31T08:00:00Z) or how long ago (15m). Default: earliest.")
    private @Nullable String from;

    @Option(names = "--max", paramLabel = "N", description = "End after N messages.")
    private @Nullable Long max;

    @Option(
            names = "--max-inflight",
            paramLabel = "N",
            description =
                    "Messages that may be sent to us before we deal with them. Default: 1000.")
    private int maxInflight;

    SubscribeCommand() {
        this(Io.system());
    }

    SubscribeCommand(Io io) {
        super(io);
    }

    @Override
    String namespace() {
        return namespace;
    }

    @Override
    OptionalLong most() {
        return max == null ? OptionalLong.empty() : OptionalLong.of(max);
    }

    private boolean explicit() {
        return ack == null ? !subscription.isEmpty() : ack == Ack.EXPLICIT;
    }

    @Override
    void check() {
        if (explicit() && subscription.isEmpty()) {
            throw usage(
                    "--ack explicit needs --subscription: only a durable one can be acknowledged");
        }
        if (max != null && max < 1) {
            throw usage("--max must be at least 1");
        }
        if (maxInflight < 0) {
            throw usage("--max-inflight must be at least 1");
        }
        start();
    }

    private Optional<StartPosition> start() {
        if (from == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new StartPositions(io().clock(), ZoneId.systemDefault()).parse(from));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    Opened open(Connection connection) {
        PubSubServiceBlockingV2Stub stub = connection.pubSub(namespace);
        SubscribeRequest.Builder request =
                SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setSubscription(subscription)
                        .setMaxInflight(maxInflight)
                        .setAckMode(explicit() ? AckMode.ACK_MODE_EXPLICIT : AckMode.ACK_MODE_AUTO);
        start().ifPresent(request::setStart);
        maxInline().ifPresent(request::setMaxInlineBytes);
        int inflight = maxInflight == 0 ? DEFAULT_INFLIGHT : maxInflight;
        Optional<Acknowledger> acknowledger =
                explicit()
                        ? Optional.of(
                                new Acknowledger(
                                        AckCalls.ofSubscription(stub, topic, subscription),
                                        Math.min(ACK_BATCH, inflight),
                                        this::notAcknowledged))
                        : Optional.empty();
        return new Opened(EventStream.open(stub, request.build()), acknowledger, ackLost);
    }
}
