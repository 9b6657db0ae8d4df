package io.prism.standalone.cli.client;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Interruption;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.publish.LineReader;
import io.prism.standalone.cli.client.publish.PayloadInput;
import io.prism.standalone.cli.client.publish.PipelinedPublisher;
import io.prism.standalone.cli.client.publish.PublishCalls;
import io.prism.standalone.cli.client.publish.PublishPlan;
import io.prism.standalone.cli.client.publish.Receipts;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.PublishRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Publishes payloads from files, text and streams, and prints the receipts; where to is the
 * command's to say.
 */
abstract class PublishingCommand extends ClientCommand {
    private static final int LONGEST_LINE = 64 << 20;
    private static final int LARGEST_CHUNK = 4 << 20;

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The topic in the namespace.")
    private String topic = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "PAYLOAD",
            description = "Only - for standard input; the same as --stdin.")
    private @Nullable String dash;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private PayloadOptions payload = new PayloadOptions();

    @Option(names = "--lines", description = "Each line of the input (or --file) is one message.")
    private boolean lines;

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
            names = {"--message-id", "--id"},
            paramLabel = "ID",
            description = "Given twice within the namespace's window, the message is stored once.")
    private String messageId = "";

    @Option(names = "--count", paramLabel = "N", description = "Publish N messages. Default: 1.")
    private long count = 1;

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description = "Bytes a chunk of a large payload, up to 4MiB. Default: 512KiB.")
    private long chunkSize = 512 << 10;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only the summary and errors.")
    private boolean quiet;

    PublishingCommand(Io io) {
        super(io);
    }

    /** What takes the messages. */
    abstract PublishCalls calls(Connection connection, String toNamespace);

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        check();
        try (Connection connection = dataPlane()) {
            Receipts receipts = new Receipts(out(), err(), json(), quiet);
            if (lines || (count > 1 && payload.fitsInline())) {
                return stream(connection, receipts);
            }
            return oneByOne(connection, receipts);
        }
    }

    private void check() {
        if (dash != null && !dash.equals("-")) {
            throw usage(
                    "'" + dash + "' is not understood; the payload may be - for standard input");
        }
        if (dash != null && !payload.none()) {
            throw usage("give either - or one of --text, --file, --stdin, --size");
        }
        if (dash != null) {
            payload.stdin = true;
        }
        if (lines && (payload.text != null || payload.size != null || count != 1)) {
            throw usage("--lines reads standard input or --file, each line once");
        }
        if (!lines && payload.none()) {
            throw usage("which payload? Give --text, --file, --size, or - for standard input");
        }
        if (count < 1) {
            throw usage("--count must be at least 1");
        }
        if (count > 1 && payload.stdin) {
            throw usage("standard input can be read once; --count needs --text, --file or --size");
        }
        if (!messageId.isEmpty() && (lines || count > 1)) {
            throw usage("--message-id names one message: not with --lines or --count");
        }
        if (chunkSize < 1 || chunkSize > LARGEST_CHUNK) {
            throw usage("--chunk-size must be between 1 and 4MiB");
        }
    }

    private ExitCode oneByOne(Connection connection, Receipts receipts)
            throws StatusException, IOException, InterruptedException {
        PublishPlan plan =
                new PublishPlan(
                        calls(connection, namespace), header(), (int) chunkSize, this::progress);
        long start = System.nanoTime();
        long bytes = 0;
        try (Interruption interruption = Interruption.stopping(connection::abort)) {
            for (long i = 0; i < count; i++) {
                PublishPlan.Result result;
                try {
                    result = plan.publish(payload.open(i, io().in()));
                } catch (StatusException e) {
                    return interruption.interrupted() ? brokenOff(receipts) : fail(e);
                }
                bytes += result.bytes();
                receipts.add(result.response());
            }
        }
        if (count > 1 || bytes > PayloadInput.INLINE_LIMIT) {
            receipts.summary(bytes, Duration.ofNanos(System.nanoTime() - start));
        }
        return receipts.refused() == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    private ExitCode brokenOff(Receipts receipts) {
        err().printf(
                        "interrupted: %,d published, the last payload was not%n",
                        receipts.published());
        return ExitCode.INTERRUPTED;
    }

    private static ExitCode fail(StatusException e) throws StatusException {
        throw e;
    }

    private ExitCode stream(Connection connection, Receipts receipts)
            throws StatusException, IOException, InterruptedException {
        PipelinedPublisher publisher = new PipelinedPublisher(calls(connection, namespace));
        try (PipelinedPublisher.Payloads source = source();
                ProgressBar bar = progress(OptionalLong.empty());
                Interruption interruption = Interruption.stopping(publisher::cancel)) {
            try {
                publisher.publish(header(), counted(source, bar), receipts::add);
            } catch (StatusException e) {
                return interruption.interrupted() ? ExitCode.INTERRUPTED : fail(e);
            } finally {
                bar.clear();
                receipts.summary(bar.done(), bar.elapsed());
            }
        }
        return receipts.refused() == 0 ? ExitCode.OK : ExitCode.REFUSED;
    }

    private PipelinedPublisher.Payloads source() throws IOException {
        if (!lines) {
            return payload.repeated(count);
        }
        return new LineReader(
                payload.file == null ? io().in() : Files.newInputStream(payload.file),
                LONGEST_LINE);
    }

    private static PipelinedPublisher.Payloads counted(
            PipelinedPublisher.Payloads source, ProgressBar bar) {
        return () -> {
            ByteString next = source.next();
            if (next != null) {
                bar.advance(next.size());
            }
            return next;
        };
    }

    private PublishRequest header() {
        return PublishRequest.newBuilder()
                .setTopic(topic)
                .setKey(key)
                .putAllMetadata(metadata)
                .setMessageId(messageId)
                .build();
    }

    private ProgressBar progress(OptionalLong total) {
        return ProgressBar.of(err(), showProgress(), "publishing", total);
    }
}
