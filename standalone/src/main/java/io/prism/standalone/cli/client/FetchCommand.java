package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Interruption;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.payload.PartFile;
import io.prism.standalone.cli.client.payload.PayloadDownload;
import io.prism.standalone.cli.client.payload.PayloadDownload.Result;
import io.prism.standalone.cli.client.payload.PayloadDownload.Sink;
import io.prism.standalone.cli.client.payload.Retries;
import io.prism.standalone.cli.client.server.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a payload that was too large for its event. */
@Command(
        name = "fetch",
        description = {
            "Fetches a payload that was too large for its event.",
            "A connection that breaks on the way is made again and the transfer goes on from there."
        },
        footer = {
            "  prism fetch videos $REF --output film.mp4",
            "  prism fetch videos $REF --offset 1MB --length 64KiB | xxd | head",
            "  prism fetch backups $REF | tar x"
        })
final class FetchCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            paramLabel = "PAYLOAD_REF",
            description = "As `prism subscribe` shows it.")
    private String payloadRef = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "Where to write; appears when it is whole. Default, and -: standard output.")
    private @Nullable Path output;

    @Option(
            names = "--offset",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description = "Where to begin. Default: 0.")
    private long offset;

    @Option(
            names = "--length",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description = "How many bytes. Default: to the end.")
    private @Nullable Long length;

    FetchCommand() {
        this(Io.system());
    }

    FetchCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        if (length != null && length == 0) {
            throw usage("--length must be at least 1");
        }
        boolean toStandardOutput = output == null || output.toString().equals("-");
        if (output == null && io().outIsTerminal()) {
            throw usage(
                    "standard output is a terminal; give --output FILE, or --output - if meant");
        }
        if (output != null && !toStandardOutput && Files.isDirectory(output)) {
            throw usage(output + " is a folder; --output is the file to write");
        }
        OptionalLong total = length == null ? OptionalLong.empty() : OptionalLong.of(length);
        try (Connection connection = dataPlane();
                ProgressBar bar = ProgressBar.of(err(), showProgress(), "fetching", total);
                Interruption interruption = Interruption.stopping(connection::abort)) {
            try {
                Result result =
                        toStandardOutput
                                ? fetch(connection, bar, data -> data.writeTo(io().rawOut()))
                                : toFile(connection, bar);
                bar.clear();
                report(result, bar, toStandardOutput);
                return ExitCode.OK;
            } catch (StatusException e) {
                if (interruption.interrupted()) {
                    return ExitCode.INTERRUPTED;
                }
                throw e;
            }
        }
    }

    private Result toFile(Connection connection, ProgressBar bar)
            throws StatusException, IOException, InterruptedException {
        Path target = Objects.requireNonNull(output).toAbsolutePath();
        try (PartFile file = PartFile.of(target)) {
            Result result = fetch(connection, bar, file);
            file.commit();
            return result;
        }
    }

    private Result fetch(Connection connection, ProgressBar bar, Sink sink)
            throws StatusException, IOException, InterruptedException {
        return new PayloadDownload(connection.payloads(namespace), Retries.DEFAULT)
                .fetch(
                        payloadRef,
                        offset,
                        length == null ? 0 : length,
                        data -> {
                            sink.write(data);
                            bar.advance(data.size());
                        });
    }

    /** To standard error where standard output has the payload. */
    private void report(Result result, ProgressBar bar, boolean toStandardOutput) {
        if (json()) {
            String line =
                    Json.line(
                            Json.object()
                                    .put("bytes", result.bytes())
                                    .put("resumed", result.resumed())
                                    .put("file", toStandardOutput ? "-" : String.valueOf(output)));
            (toStandardOutput ? err() : out()).println(line);
            return;
        }
        err().printf(
                        "%s fetched in %s, %s%s%n",
                        Units.humanBytes(result.bytes()),
                        Units.human(bar.elapsed()),
                        Units.humanRate(result.bytes(), bar.elapsed()),
                        result.resumed() == 0 ? "" : "; resumed " + result.resumed() + " times");
    }
}
