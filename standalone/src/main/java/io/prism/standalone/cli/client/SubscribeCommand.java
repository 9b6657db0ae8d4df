package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Interruption;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.payload.PayloadDownload;
import io.prism.standalone.cli.client.payload.Retries;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.subscribe.Acknowledger;
import io.prism.standalone.cli.client.subscribe.EventJson;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.standalone.cli.client.subscribe.EventText;
import io.prism.standalone.cli.client.subscribe.EventWriter;
import io.prism.standalone.cli.client.subscribe.Limits;
import io.prism.standalone.cli.client.subscribe.PayloadKeeper;
import io.prism.standalone.cli.client.subscribe.PayloadView;
import io.prism.standalone.cli.client.subscribe.Receiving;
import io.prism.standalone.cli.client.subscribe.StartPositions;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeFailure;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.SubscribeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
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
final class SubscribeCommand extends ClientCommand {
    private static final int TERMINAL_TEXT = 4096;
    private static final int ACK_BATCH = 100;
    private static final int DEFAULT_INFLIGHT = 1000;

    /** Who says that a message was received. */
    enum Ack {
        AUTO,
        EXPLICIT;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
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
            names = "--timeout",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description = "End after this time; with --max and too few messages, exit with 1.")
    private @Nullable Duration timeout;

    @Option(
            names = "--idle",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description = "End when nothing has arrived for this time; otherwise as --timeout.")
    private @Nullable Duration idle;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Write each payload to a file in this folder, of whatever size.")
    private @Nullable Path output;

    @Option(
            names = "--print",
            paramLabel = "HOW",
            description = "Payloads as ${COMPLETION-CANDIDATES}. Default: text.")
    private PayloadView view = PayloadView.TEXT;

    @Option(
            names = "--max-inflight",
            paramLabel = "N",
            description =
                    "Messages that may be sent to us before we deal with them. Default: 1000.")
    private int maxInflight;

    @Option(
            names = "--max-inline",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description =
                    "Larger payloads are fetched (or named) in place of inlined. Default: 32MiB.")
    private @Nullable Long maxInline;

    SubscribeCommand() {
        this(Io.system());
    }

    SubscribeCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        SubscribeRequest request = request();
        if (output != null) {
            Files.createDirectories(output);
        }
        try (Connection connection = dataPlane()) {
            PubSubServiceBlockingV2Stub stub = connection.pubSub(namespace);
            PayloadDownload download =
                    new PayloadDownload(connection.payloads(namespace), Retries.DEFAULT);
            long start = System.nanoTime();
            try (EventStream stream = EventStream.open(stub, request);
                    Interruption interruption =
                            Interruption.stopping(
                                    () -> {
                                        stream.cancel();
                                        download.cancel();
                                    })) {
                Receiving receiving = receiving(download, stub, stream);
                try {
                    return finish(receiving.run(limits()), receiving);
                } catch (StatusException e) {
                    if (interruption.interrupted()) {
                        return ExitCode.INTERRUPTED;
                    }
                    throw e;
                } finally {
                    summary(receiving, Duration.ofNanos(System.nanoTime() - start));
                }
            }
        }
    }

    private boolean explicit() {
        return ack == null ? !subscription.isEmpty() : ack == Ack.EXPLICIT;
    }

    private SubscribeRequest request() {
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
        SubscribeRequest.Builder request =
                SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setSubscription(subscription)
                        .setMaxInflight(maxInflight)
                        .setAckMode(explicit() ? AckMode.ACK_MODE_EXPLICIT : AckMode.ACK_MODE_AUTO);
        if (from != null) {
            try {
                request.setStart(
                        new StartPositions(io().clock(), ZoneId.systemDefault()).parse(from));
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
        }
        if (maxInline != null) {
            request.setMaxInlineBytes(maxInline);
        }
        return request.build();
    }

    private Limits limits() {
        return new Limits(
                max == null ? OptionalLong.empty() : OptionalLong.of(max),
                Optional.ofNullable(timeout),
                Optional.ofNullable(idle));
    }

    private Receiving receiving(
            PayloadDownload download, PubSubServiceBlockingV2Stub stub, EventStream stream) {
        PayloadKeeper keeper =
                new PayloadKeeper(
                        Optional.ofNullable(output),
                        download,
                        total -> ProgressBar.of(err(), showProgress(), "fetching", total));
        int longest = io().outIsTerminal() ? TERMINAL_TEXT : Integer.MAX_VALUE;
        EventWriter writer =
                json() ? new EventJson(out(), view) : new EventText(out(), ansi(), view, longest);
        int inflight = maxInflight == 0 ? DEFAULT_INFLIGHT : maxInflight;
        Optional<Acknowledger> acknowledger =
                explicit()
                        ? Optional.of(
                                new Acknowledger(
                                        stub,
                                        topic,
                                        subscription,
                                        Math.min(ACK_BATCH, inflight),
                                        this::notAcknowledged))
                        : Optional.empty();
        return new Receiving(
                stream, keeper, writer, acknowledger, ackLost, io().outClosed(), System::nanoTime);
    }

    private void notAcknowledged(AcknowledgeFailure failure) {
        err().printf(
                        "not acknowledged: %s %s: %s%n",
                        failure.getMessageId(), failure.getCode(), failure.getMessage());
    }

    private ExitCode finish(Receiving.End end, Receiving receiving) {
        boolean tooFew = max != null && receiving.received() < max;
        return switch (end) {
            case ENOUGH, NO_READER -> ExitCode.OK;
            case TIME, SERVER -> tooFew ? ExitCode.NO : ExitCode.OK;
        };
    }

    private void summary(Receiving receiving, Duration elapsed) {
        if (json()) {
            err().println(
                            Json.line(
                                    Json.object()
                                            .put("received", receiving.received())
                                            .put("lost", receiving.lost())
                                            .put("bytes", receiving.bytes())
                                            .put("acknowledged", receiving.acknowledged())));
        } else {
            err().printf(
                            "%,d received, %s in %s%s%s%n",
                            receiving.received(),
                            Units.humanBytes(receiving.bytes()),
                            Units.human(elapsed),
                            explicit()
                                    ? String.format(", %,d acknowledged", receiving.acknowledged())
                                    : "",
                            receiving.lost() == 0
                                    ? ""
                                    : String.format("; %,d without payload", receiving.lost()));
        }
        out().flush();
        err().flush();
    }
}
