package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Interruption;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.RedriveProgress;
import io.prism.v1.RedriveRequest;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts dead letters back into their queue. */
@Command(
        name = "redrive",
        description = {
            "Puts a queue's dead letters back into it, oldest first, with their delivery counts at"
                    + " zero.",
            "Broken off, it keeps what it moved; the next redrive goes on from there."
        },
        footer = {
            "  prism queue redrive work jobs --dry-run",
            "  prism queue redrive work jobs",
            "  prism queue redrive work jobs --rate 10 --max 500",
            "  prism queue redrive work jobs --json | jq .skipped"
        })
final class QueueRedriveCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The queue in the namespace.")
    private String topic = "";

    @Option(names = "--dry-run", description = "Only count, and move nothing.")
    private boolean dryRun;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Messages a second at most, such as 0.5 or 100. Default: no limit.")
    private @Nullable Double rate;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Stop after N. Default: all that are dead when it begins.")
    private @Nullable Long max;

    @Option(
            names = "--max-redrives",
            paramLabel = "N",
            description = "A message put back N times before stays dead. Default: 3.")
    private @Nullable Integer maxRedrives;

    QueueRedriveCommand() {
        this(Io.system());
    }

    QueueRedriveCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, InterruptedException {
        RedriveRequest request = request();
        try (Connection connection = dataPlane()) {
            BlockingClientCall<?, RedriveProgress> call =
                    connection.queue(namespace).redrive(request);
            Following following = new Following();
            try (Interruption interruption =
                    Interruption.stopping(() -> call.cancel("stopped by the client", null))) {
                return follow(call, following, interruption);
            }
        }
    }

    private ExitCode follow(
            BlockingClientCall<?, RedriveProgress> call,
            Following following,
            Interruption interruption)
            throws StatusException, InterruptedException {
        try {
            following.follow(call);
        } catch (StatusException e) {
            // Whatever ended it: what was moved until then is worth knowing.
            if (!following.last.equals(RedriveProgress.getDefaultInstance())) {
                show(following.last, "until then: ");
            }
            out().flush();
            if (interruption.interrupted()) {
                return ExitCode.INTERRUPTED;
            }
            throw e;
        }
        show(following.last, "");
        return ExitCode.OK;
    }

    private RedriveRequest request() {
        if (rate != null && !(rate > 0)) {
            throw usage("--rate must be more than 0");
        }
        if (max != null && max < 1) {
            throw usage("--max must be at least 1");
        }
        if (maxRedrives != null && maxRedrives < 1) {
            throw usage("--max-redrives must be at least 1");
        }
        return RedriveRequest.newBuilder()
                .setTopic(topic)
                .setDryRun(dryRun)
                .setRate(rate == null ? 0 : rate)
                .setMaxMessages(max == null ? 0 : max)
                .setMaxRedrives(maxRedrives == null ? 0 : maxRedrives)
                .build();
    }

    /** Reads the progress to its end and draws it. */
    private final class Following {
        private RedriveProgress last = RedriveProgress.getDefaultInstance();

        void follow(BlockingClientCall<?, RedriveProgress> call)
                throws StatusException, InterruptedException {
            RedriveProgress next = call.read();
            if (next == null) {
                return;
            }
            try (ProgressBar bar = bar(next)) {
                while (next != null) {
                    bar.advance(moved(next) - moved(last));
                    last = next;
                    next = call.read();
                }
            }
        }

        private ProgressBar bar(RedriveProgress first) {
            long all = moved(first) + first.getRemaining();
            long most = max == null ? all : Math.min(all, max);
            return ProgressBar.counting(err(), showProgress(), "redriving", OptionalLong.of(most));
        }

        private static long moved(RedriveProgress progress) {
            return progress.getRedriven() + progress.getSkipped();
        }
    }

    private void show(RedriveProgress progress, String before) {
        if (json()) {
            print(
                    Json.object()
                            .put("namespace", namespace)
                            .put("topic", topic)
                            .put("dry_run", dryRun)
                            .put("redriven", progress.getRedriven())
                            .put("skipped", progress.getSkipped())
                            .put("remaining", progress.getRemaining())
                            .put("done", progress.getDone()));
            return;
        }
        if (dryRun) {
            out().printf(
                            Locale.ROOT,
                            "%,d dead letters; nothing was moved%n",
                            progress.getRemaining());
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%s%,d redriven%s, %,d not looked at%n",
                        before,
                        progress.getRedriven(),
                        progress.getSkipped() == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        ", %,d redriven too often before and still dead",
                                        progress.getSkipped()),
                        progress.getRemaining());
    }
}
