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
import io.prism.v1.GetOutboxStatusRequest;
import io.prism.v1.GetOutboxStatusResponse;
import io.prism.v1.RefusedRow;
import io.prism.v1.ReplicationSlot;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what waits in a namespace's outbox. */
@Command(
        name = "outbox",
        description = {
            "Says what waits in a namespace's outbox, what cannot be relayed and why, and how much"
                    + " log the database keeps for it.",
            "The database is asked, so it is true whatever runs or does not."
        },
        footer = {
            "  prism outbox status orders",
            "  prism outbox status orders --json | jq .waiting"
        })
final class OutboxCommand extends ClientCommand {
    /** What to do. */
    enum Action {
        STATUS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}.")
    private @Nullable Action action;

    @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    OutboxCommand() {
        this(Io.system());
    }

    OutboxCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        return switch (Objects.requireNonNull(action)) {
            case STATUS -> status();
        };
    }

    private ExitCode status() throws StatusException {
        try (Connection connection = adminApi()) {
            GetOutboxStatusResponse status =
                    connection
                            .admin()
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .getOutboxStatus(
                                    GetOutboxStatusRequest.newBuilder()
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

    private ObjectNode json(GetOutboxStatusResponse status) {
        ObjectNode node =
                Json.object()
                        .put("namespace", namespace)
                        .put("database", status.getDatabase())
                        .put("table", status.getTable())
                        .put("mode", status.getMode())
                        .put("waiting", status.getWaiting());
        if (status.hasOldestWaiting()) {
            node.put("oldest_waiting", Json.time(status.getOldestWaiting()));
        }
        node.put("refused", status.getRefused());
        ArrayNode refused = node.putArray("refused_rows");
        for (RefusedRow row : status.getRefusedRowsList()) {
            refused.addObject()
                    .put("id", row.getId())
                    .put("topic", row.getTopic())
                    .put("error", row.getError())
                    .put("created_at", Json.time(row.getCreatedAt()));
        }
        node.put("published", status.getPublished()).put("size_bytes", status.getSizeBytes());
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

    private void show(GetOutboxStatusResponse status) {
        if (status.getTable().isEmpty()) {
            out().printf(
                            "database %s, no table: messages are in its log only%n",
                            status.getDatabase());
        } else {
            out().printf(
                            Locale.ROOT,
                            "table %s of database %s (%s): %,d waiting%s, %,d refused, %,d published"
                                    + " and kept; %s%n",
                            status.getTable(),
                            status.getDatabase(),
                            status.getMode(),
                            status.getWaiting(),
                            status.hasOldestWaiting()
                                    ? " since " + Json.time(status.getOldestWaiting())
                                    : "",
                            status.getRefused(),
                            status.getPublished(),
                            Units.humanBytes(status.getSizeBytes()));
        }
        for (RefusedRow row : status.getRefusedRowsList()) {
            out().printf(
                            "refused %s for topic %s: %s%n",
                            row.getId(),
                            PayloadText.safe(row.getTopic()),
                            PayloadText.safe(row.getError()));
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
        } else if (!status.getMode().equals("polling")) {
            out().println("there is no replication slot: nothing is relayed until there is one");
        }
    }
}
