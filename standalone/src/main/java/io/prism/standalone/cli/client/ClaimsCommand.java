package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.ClaimStatsRequest;
import io.prism.v1.ClaimStatsResponse;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sweeps and counts the payloads a namespace keeps in object storage. */
@Command(
        name = "claims",
        description = {
            "Sweeps and counts the payloads a namespace keeps in object storage.",
            "A sweep deletes what was uploaded and never published; every Prism does so by itself"
                    + " from time to time."
        },
        footer = {
            "  prism claims stats videos",
            "  prism claims sweep videos --dry-run",
            "  prism claims sweep videos --grace 10m",
            "  prism claims sweep videos --json | jq .deleted"
        })
final class ClaimsCommand extends ClientCommand {
    /** Reading a namespace's whole log may take its time. */
    private static final Duration SWEEP_TIMEOUT = Duration.ofHours(1);

    /** What to do. */
    enum Action {
        SWEEP,
        STATS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}.")
    private @Nullable Action action;

    @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Option(names = "--dry-run", description = "With sweep: count, and delete nothing.")
    private boolean dryRun;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            converter = Units.DurationConverter.class,
            description = {
                "With sweep: the least age of what is deleted. Default: 1h.",
                "Shorter than a publish takes is not safe while anybody publishes."
            })
    private @Nullable Duration grace;

    ClaimsCommand() {
        this(Io.system());
    }

    ClaimsCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        if (action == Action.SWEEP) {
            return sweep();
        }
        if (dryRun || grace != null) {
            throw usage("claims stats takes neither --dry-run nor --grace");
        }
        return stats();
    }

    private ExitCode sweep() throws StatusException {
        SweepClaimsRequest.Builder request =
                SweepClaimsRequest.newBuilder().setNamespace(namespace).setDryRun(dryRun);
        if (grace != null) {
            request.setGrace(Units.proto(grace));
        }
        try (Connection connection = adminApi()) {
            if (showProgress()) {
                err().println("reading the topics of " + namespace + " ...");
                err().flush();
            }
            show(connection.admin().withDeadlineAfter(SWEEP_TIMEOUT).sweepClaims(request.build()));
        }
        return ExitCode.OK;
    }

    private void show(SweepClaimsResponse swept) {
        if (json()) {
            ObjectNode node = Json.object();
            node.put("namespace", namespace);
            node.put("dry_run", dryRun);
            node.put("looked", swept.getLooked());
            node.put("orphans", swept.getOrphans());
            node.put("orphan_bytes", swept.getOrphanBytes());
            node.put("deleted", swept.getDeleted());
            node.put("uploads_aborted", swept.getUploadsAborted());
            node.put("records_read", swept.getRecordsRead());
            print(node);
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%s %d of %d payloads (%s) that no record refers to; %d records read%n",
                        dryRun ? "would delete" : "deleted",
                        dryRun ? swept.getOrphans() : swept.getDeleted(),
                        swept.getLooked(),
                        Units.humanBytes(swept.getOrphanBytes()),
                        swept.getRecordsRead());
        if (swept.getUploadsAborted() > 0) {
            out().printf(Locale.ROOT, "aborted %d unfinished uploads%n", swept.getUploadsAborted());
        }
    }

    private ExitCode stats() throws StatusException {
        try (Connection connection = adminApi()) {
            ClaimStatsResponse stats =
                    connection
                            .admin()
                            .claimStats(
                                    ClaimStatsRequest.newBuilder().setNamespace(namespace).build());
            if (json()) {
                ObjectNode node = Json.object();
                node.put("namespace", namespace);
                node.put("objects", stats.getObjects());
                node.put("bytes", stats.getBytes());
                if (stats.hasOldest()) {
                    node.put("oldest", Json.time(stats.getOldest()));
                }
                print(node);
                return ExitCode.OK;
            }
            out().printf(
                            Locale.ROOT,
                            "%d payloads, %s%s%n",
                            stats.getObjects(),
                            Units.humanBytes(stats.getBytes()),
                            stats.hasOldest()
                                    ? ", the oldest of " + Json.time(stats.getOldest())
                                    : "");
        }
        return ExitCode.OK;
    }
}
