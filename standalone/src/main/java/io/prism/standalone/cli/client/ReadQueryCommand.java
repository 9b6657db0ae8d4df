package io.prism.standalone.cli.client;

import com.google.protobuf.Struct;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.core.condition.Conditions;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.transact.Records;
import io.prism.v1.Filter;
import io.prism.v1.Page;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceBlockingV2Stub;
import io.prism.v1.Row;
import io.prism.v1.Sort;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints rows. */
@Command(
        name = "query",
        description = {
            "Prints rows, one a line, all as of one moment.",
            "With --page it prints one page, and says how to go on behind it."
        },
        footer = {
            "  prism read query shop orders --where 'total>=10' --sort -placed_at --max 20",
            "  prism read query shop orders --where 'note*=urgent' --where 'note=null' --any",
            "  prism read query shop orders --page 100",
            "  prism read query shop orders --page 100 --cursor AUFj…"
        })
final class ReadQueryCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            paramLabel = "COLLECTION",
            description = "One of the namespace's collections: table, or schema.table.")
    private String collection = "";

    @Mixin private WhereOptions where = new WhereOptions();

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            description = "In the order of this column; -COLUMN for descending.")
    private List<String> sort = List.of();

    @Option(
            names = "--field",
            paramLabel = "COLUMN",
            description = "Print this column, and others so named. Default: all.")
    private List<String> fields = List.of();

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Rows at most. Default: all there are.")
    private long max;

    @Option(names = "--page", paramLabel = "N", description = "One page of up to N rows.")
    private int page;

    @Option(
            names = "--cursor",
            paramLabel = "CURSOR",
            description = "The page behind the one this cursor was printed with.")
    private String cursor = "";

    ReadQueryCommand() {
        this(Io.system());
    }

    ReadQueryCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, InterruptedException {
        if (max < 0 || page < 0 || page > 1_000) {
            throw usage("--max is at least 1, and --page 1 to 1000");
        }
        if (page > 0 && max > 0) {
            throw usage("give either --max or --page");
        }
        if (page == 0 && !cursor.isEmpty()) {
            throw usage("--cursor goes on with pages; give --page");
        }
        Optional<Filter> filter = where.filter();
        List<Sort> order = sort.stream().map(Conditions::sort).toList();
        try (Connection connection = dataPlane()) {
            ReaderServiceBlockingV2Stub calls = connection.reader(namespace);
            if (page > 0) {
                page(calls, filter, order);
            } else {
                query(calls, filter, order);
            }
        }
        return ExitCode.OK;
    }

    private void query(ReaderServiceBlockingV2Stub calls, Optional<Filter> filter, List<Sort> order)
            throws StatusException, InterruptedException {
        QueryRequest.Builder request =
                QueryRequest.newBuilder()
                        .setCollection(collection)
                        .addAllSort(order)
                        .addAllFields(fields)
                        .setLimit(max);
        filter.ifPresent(request::setFilter);
        BlockingClientCall<?, Row> rows = calls.query(request.build());
        Row row = rows.read();
        while (row != null) {
            show(row);
            row = rows.read();
        }
    }

    private void page(ReaderServiceBlockingV2Stub calls, Optional<Filter> filter, List<Sort> order)
            throws StatusException, InterruptedException {
        ReadRequest.Builder request =
                ReadRequest.newBuilder()
                        .setCollection(collection)
                        .addAllSort(order)
                        .addAllFields(fields)
                        .setPageSize(page)
                        .setCursor(cursor)
                        .setMaxPages(1);
        filter.ifPresent(request::setFilter);
        BlockingClientCall<?, Page> pages = calls.read(request.build());
        Page found = pages.read();
        while (found != null) {
            found.getRowsList().forEach(this::show);
            out().flush();
            String next = found.getNextCursor();
            if (json()) {
                print(
                        Json.object()
                                .put("next_cursor", next)
                                .put("as_of", Json.time(found.getAsOf()))
                                .put("position", found.getPosition()));
            } else if (!next.isEmpty()) {
                err().println("there is more; go on with --cursor " + PayloadText.safe(next));
            }
            found = pages.read();
        }
    }

    private void show(Row row) {
        print(Records.json(Struct.newBuilder().putAllFields(row.getValuesMap()).build()));
    }
}
