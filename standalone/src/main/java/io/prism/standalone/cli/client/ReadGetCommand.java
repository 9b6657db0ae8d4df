package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.StatusException;
import io.prism.core.condition.Conditions;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.standalone.cli.client.transact.Records;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.ServedBy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints one row. */
@Command(
        name = "get",
        description = {
            "Prints the row of a key, and on standard error where it comes from and as of when.",
            "Exit code 1: there is no such row."
        },
        footer = {
            "  prism read get user-profiles user_profiles 123",
            "  prism read get shop lines '{\"order\":17,\"line\":2}' --field amount",
            "  prism read get user-profiles user_profiles 123 --max-staleness 0s"
        })
final class ReadGetCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            paramLabel = "COLLECTION",
            description = "One of the namespace's collections: table, or schema.table.")
    private String collection = "";

    @Parameters(
            index = "2",
            paramLabel = "ID",
            description =
                    "The key's value; of a key of several columns a JSON object, column to value.")
    private String id = "";

    @Option(
            names = "--field",
            paramLabel = "COLUMN",
            description = "Print this column, and others so named. Default: all.")
    private List<String> fields = List.of();

    @Option(
            names = "--min-position",
            paramLabel = "POSITION",
            description = "At least as new as the write that was answered with this position.")
    private String minPosition = "";

    @Option(
            names = "--max-staleness",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description = "At most this old; 0s asks the database.")
    private @Nullable Duration maxStaleness;

    ReadGetCommand() {
        this(Io.system());
    }

    ReadGetCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        GetRequest.Builder request =
                GetRequest.newBuilder()
                        .setCollection(collection)
                        .setId(id())
                        .addAllFields(fields)
                        .setMinPosition(minPosition);
        if (maxStaleness != null) {
            request.setMaxStaleness(Units.proto(maxStaleness));
        }
        try (Connection connection = dataPlane()) {
            GetResponse response =
                    connection
                            .reader(namespace)
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .get(request.build());
            show(response);
            return response.getFound() ? ExitCode.OK : ExitCode.NO;
        }
    }

    private Value id() {
        if (!id.strip().startsWith("{")) {
            return Conditions.value(id);
        }
        try {
            Struct columns = Records.of(id, Map.of());
            return Value.newBuilder().setStructValue(columns).build();
        } catch (IllegalArgumentException e) {
            throw usage("ID: " + e.getMessage());
        }
    }

    private void show(GetResponse response) {
        String source = response.getServedBy() == ServedBy.SERVED_BY_CACHE ? "cache" : "database";
        if (json()) {
            ObjectNode node =
                    Json.object()
                            .put("found", response.getFound())
                            .put("served_by", source)
                            .put("as_of", Json.time(response.getAsOf()))
                            .put("position", response.getPosition())
                            .put("version", response.getRow().getVersion());
            node.set("row", row(response));
            print(node);
            return;
        }
        if (response.getFound()) {
            print(row(response));
        } else {
            err().println("there is no such row");
        }
        err().printf("from the %s, as of %s%n", source, Json.time(response.getAsOf()));
    }

    private static ObjectNode row(GetResponse response) {
        return Records.json(
                Struct.newBuilder().putAllFields(response.getRow().getValuesMap()).build());
    }
}
