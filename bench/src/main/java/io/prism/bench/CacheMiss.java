package io.prism.bench;

import io.prism.bench.load.SqlGets;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.v1.ServedBy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows that were never read before: each is found missing in the cache, read from the database and
 * cached. Beside it a plain SELECT by primary key.
 */
record CacheMiss(Settings config) implements Scenario {

    @Override
    public String name() {
        return "cache-miss";
    }

    @Override
    public String measures() {
        return "ReaderService.Get of rows that are not cached yet, closed loop and open loop";
    }

    @Override
    public String baselineName() {
        return "plain SELECT by primary key";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        new RowReads(config).describe(settings);
        settings.put("rows of the closed loop", config.reads().missed() + " at most, each once");
        settings.put(
                "baseline",
                "prepared, pool of " + config.outbox().connections() + " connections, auto-commit");
        return settings;
    }

    @Override
    public List<Line> lines() {
        return new RowReads(config).lines();
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public boolean needsDatabase() {
        return true;
    }

    /** So many that no row is read twice. */
    private long rows(Round round) {
        return config.reads().missed() + round.duration().toSeconds() * config.reads().rate();
    }

    @Override
    public Side prism(Workspace workspace) {
        return round -> {
            try (Workspace.Held<RowTable> table = workspace.table(round.suffix(), rows(round));
                    Workspace.Namespace namespace =
                            workspace.namespace(
                                    NamespaceKind.cached(table.it().name()), round.suffix())) {
                return new RowReads(config)
                        .prism(
                                round,
                                namespace,
                                table.it(),
                                index -> 1 + index,
                                ServedBy.SERVED_BY_DATABASE,
                                config.reads().missed());
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        return round -> {
            try (Workspace.Held<RowTable> table = workspace.table(round.suffix(), rows(round));
                    Databases pools = pools(workspace.database());
                    SqlGets gets =
                            new SqlGets(
                                    pools.get(DatabaseConfig.DEFAULT),
                                    table.it().select(),
                                    table.it().texts(),
                                    index -> 1 + index)) {
                return new RowReads(config).run(round, gets, config.reads().missed());
            }
        };
    }

    /** One pool, made as Prism makes its own. */
    private Databases pools(Targets.Database database) {
        return new Databases(
                new DatabaseConfig(
                        Map.of(DatabaseConfig.DEFAULT, database.server()),
                        false,
                        config.outbox().connections()),
                "prism-bench");
    }
}
