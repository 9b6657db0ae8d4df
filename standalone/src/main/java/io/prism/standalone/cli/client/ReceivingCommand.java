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
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.standalone.cli.client.subscribe.Acknowledger;
import io.prism.standalone.cli.client.subscribe.EventJson;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.standalone.cli.client.subscribe.EventText;
import io.prism.standalone.cli.client.subscribe.EventWriter;
import io.prism.standalone.cli.client.subscribe.Limits;
import io.prism.standalone.cli.client.subscribe.PayloadKeeper;
import io.prism.standalone.cli.client.subscribe.PayloadView;
import io.prism.standalone.cli.client.subscribe.Receiving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Receives from a stream until a limit, Ctrl-C or the stream's end, and prints or keeps what comes;
 * which stream, and how its messages are acknowledged, is the command's to say.
 */
abstract class ReceivingCommand extends ClientCommand {
    private static final int TERMINAL_TEXT = 4096;

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
            names = {"--output", "--out"},
            paramLabel = "DIR",
            description = "Write each payload to a file in this folder, of whatever size.")
    private @Nullable Path output;

    @Option(
            names = "--print",
            paramLabel = "HOW",
            description = "Payloads as ${COMPLETION-CANDIDATES}. Default: text.")
    private PayloadView view = PayloadView.TEXT;

    @Option(
            names = "--max-inline",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description =
                    "Larger payloads are fetched (or named) in place of inlined. Default: 32MiB.")
    private @Nullable Long maxInline;

    private long notAcknowledged;

    ReceivingCommand(Io io) {
        super(io);
    }

    /**
     * A stream that was opened; this command closes it.
     *
     * @param acknowledger empty where nobody here acknowledges
     * @param acknowledgeLost also messages whose payload cannot be had
     */
    record Opened(
            EventStream stream, Optional<Acknowledger> acknowledger, boolean acknowledgeLost) {}

    /** Throws a usage error for what makes no sense; called before anything else is done. */
    abstract void check();

    abstract Opened open(Connection connection);

    abstract String namespace();

    /** After so many messages it is enough. */
    abstract OptionalLong most();

    final Optional<Long> maxInline() {
        return Optional.ofNullable(maxInline);
    }

    @Override
    final ExitCode run() throws StatusException, IOException, InterruptedException {
        check();
        if (output != null) {
            Files.createDirectories(output);
        }
        try (Connection connection = dataPlane()) {
            PayloadDownload download =
                    new PayloadDownload(connection.payloads(namespace()), Retries.DEFAULT);
            long start = System.nanoTime();
            Opened opened = open(connection);
            try (EventStream stream = opened.stream();
                    Interruption interruption =
                            Interruption.stopping(
                                    () -> {
                                        stream.cancel();
                                        download.cancel();
                                    })) {
                Receiving receiving = receiving(opened, download);
                try {
                    return finish(receiving.run(limits()), receiving);
                } catch (StatusException e) {
                    if (interruption.interrupted()) {
                        return ExitCode.INTERRUPTED;
                    }
                    throw e;
                } finally {
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    summary(receiving, took, opened.acknowledger().isPresent());
                }
            }
        }
    }

    private Limits limits() {
        return new Limits(most(), Optional.ofNullable(timeout), Optional.ofNullable(idle));
    }

    private Receiving receiving(Opened opened, PayloadDownload download) {
        PayloadKeeper keeper =
                new PayloadKeeper(
                        Optional.ofNullable(output),
                        download,
                        total -> ProgressBar.of(err(), showProgress(), "fetching", total));
        int longest = io().outIsTerminal() ? TERMINAL_TEXT : Integer.MAX_VALUE;
        EventWriter writer =
                json() ? new EventJson(out(), view) : new EventText(out(), ansi(), view, longest);
        return new Receiving(
                opened.stream(),
                keeper,
                writer,
                opened.acknowledger(),
                opened.acknowledgeLost(),
                io().outClosed(),
                System::nanoTime);
    }

    /** Says so, and makes the command fail in the end. */
    final void notAcknowledged(AckCalls.Failure failure) {
        notAcknowledged++;
        printFailure(failure);
    }

    private ExitCode finish(Receiving.End end, Receiving receiving) {
        boolean tooFew = most().isPresent() && receiving.received() < most().getAsLong();
        ExitCode code =
                switch (end) {
                    case ENOUGH, NO_READER -> ExitCode.OK;
                    case TIME, SERVER -> tooFew ? ExitCode.NO : ExitCode.OK;
                };
        return code == ExitCode.OK && notAcknowledged > 0 ? ExitCode.REFUSED : code;
    }

    private void summary(Receiving receiving, Duration elapsed, boolean acknowledging) {
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
                            acknowledging
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
