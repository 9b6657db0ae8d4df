package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.CapturedTable;
import io.prism.v1.ChangeConsumer;
import io.prism.v1.GetCdcStatusRequest;
import io.prism.v1.GetCdcStatusResponse;
import io.prism.v1.ReplicationSlot;
import io.prism.v1.SnapshotCdcRequest;
import io.prism.v1.SnapshotCdcResponse;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says how the capture of a namespace's changes does, and asks for snapshots. */
@Command(
        name = "cdc",
        description = {
            "Says what a namespace captures, how far the database's log is read for it, and what"
                    + " its consumers have not confirmed; or asks for all rows of its tables once"
                    + " more, while changes go on.",
        },
        footer = {
            "  prism cdc status user-profiles",
            "  prism cdc status user-profiles --json | jq .slot.behind_bytes",
            "  prism cdc snapshot user-profiles",
            "  prism cdc snapshot user-profiles user_profiles"
        })
final class CdcCommand extends ClientCommand {
    /** What to do. */
    enum Action {
        STATUS,
        SNAPSHOT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}.")
    private @Nullable Action action;

    @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "2..*",
            paramLabel = "TABLE",
            description = "For snapshot: the tables; all that are captured, if none is named.")
    private List<String> tables = List.of();

    CdcCommand() {
        this(Io.system());
    }

    CdcCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        return switch (Objects.requireNonNull(action)) {
            case STATUS -> status();
            case SNAPSHOT -> snapshot();
        };
    }

    private ExitCode snapshot() throws StatusException {
        try (Connection connection = adminApi()) {
            SnapshotCdcResponse asked =
                    connection
                            .admin()
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .snapshotCdc(
                                    SnapshotCdcRequest.newBuilder()
                                            .setNamespace(namespace)
                                            .addAllTables(tables)
                                            .build());
            if (json()) {
                ObjectNode node = Json.object().put("signal_id", asked.getSignalId());
                asked.getTablesList().forEach(node.putArray("tables")::add);
                print(node);
            } else {
                out().printf(
                                "asked for %s; its rows come to the topic as op \"r\" (signal %s)%n",
                                String.join(", ", asked.getTablesList()), asked.getSignalId());
            }
        }
        return ExitCode.OK;
    }

    private ExitCode status() throws StatusException {
        try (Connection connection = adminApi()) {
            GetCdcStatusResponse status =
                    connection
                            .admin()
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .getCdcStatus(
                                    GetCdcStatusRequest.newBuilder()
                                            .setNamespace(namespace)
                                            .build());
            if (json()) {
                print(json(status));
            } else {
                show(status);
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode json(GetCdcStatusResponse status) {
        ObjectNode node =
                Json.object()
                        .put("namespace", namespace)
                        .put("database", status.getDatabase())
                        .put("topic", status.getTopic())
                        .put("snapshot", status.getSnapshot());
        ArrayNode captured = node.putArray("tables");
        for (CapturedTable table : status.getTablesList()) {
            ObjectNode of =
                    captured.addObject()
                            .put("name", table.getName())
                            .put("replica_identity", table.getReplicaIdentity());
            table.getPrimaryKeyList().forEach(of.putArray("primary_key")::add);
        }
        ArrayNode consumers = node.putArray("consumers");
        for (ChangeConsumer consumer : status.getConsumersList()) {
            ObjectNode of =
                    consumers
                            .addObject()
                            .put("name", consumer.getName())
                            .put("type", consumer.getType())
                            .put("unread", consumer.getUnread());
            consumer.getOperationsList().forEach(of.putArray("operations")::add);
        }
        if (status.hasSlot()) {
            ReplicationSlot slot = status.getSlot();
            node.putObject("slot")
                    .put("name", slot.getName())
                    .put("active", slot.getActive())
                    .put("retained_bytes", slot.getRetainedBytes())
                    .put("behind_bytes", slot.getBehindBytes())
                    .put("wal_status", slot.getWalStatus());
        }
        return node;
    }

    private void show(GetCdcStatusResponse status) {
        out().printf(
                        "database %s to topic %s, snapshot %s%n",
                        status.getDatabase(), status.getTopic(), status.getSnapshot());
        for (CapturedTable table : status.getTablesList()) {
            out().printf(
                            "table %s: replica identity %s, primary key (%s)%n",
                            PayloadText.safe(table.getName()),
                            table.getReplicaIdentity(),
                            PayloadText.safe(String.join(", ", table.getPrimaryKeyList())));
        }
        for (ChangeConsumer consumer : status.getConsumersList()) {
            out().printf(
                            Locale.ROOT,
                            "consumer %s (%s on %s): %,d unread%n",
                            PayloadText.safe(consumer.getName()),
                            consumer.getType(),
                            String.join("/", consumer.getOperationsList()),
                            consumer.getUnread());
        }
        if (status.hasSlot()) {
            ReplicationSlot slot = status.getSlot();
            out().printf(
                            "slot %s: %s, %s behind, %s of log kept (%s)%n",
                            slot.getName(),
                            slot.getActive() ? "being read" : "nobody reads it",
                            Units.humanBytes(slot.getBehindBytes()),
                            Units.humanBytes(slot.getRetainedBytes()),
                            slot.getWalStatus());
        } else {
            out().println("there is no replication slot: nothing is captured until there is one");
        }
    }
}
