package io.prism.bench;

import io.prism.bench.load.FreshReads;
import io.prism.bench.load.Meter;
import io.prism.bench.load.ReaderRows;
import io.prism.bench.load.RedisGets;
import io.prism.v1.ServedBy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows that are all in the cache, read by their keys. Beside it a plain GET of values that are
 * these rows' texts, from the same Redis.
 */
record CacheHit(Settings config) implements Scenario {
    /** Hits can be read any number of times. */
    private static final long MOST = Integer.MAX_VALUE;

    @Override
    public String name() {
        return "cache-hit";
    }

    @Override
    public String measures() {
        return "ReaderService.Get of rows that are cached, closed loop and open loop";
    }

    @Override
    public String baselineName() {
        return "plain Lettuce GET";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        new RowReads(config).describe(settings);
        settings.put("rows", "" + config.reads().cached());
        settings.put(
                "baseline",
                "asynchronous commands on "
                        + config.channels()
                        + " connections, values of "
                        + config.messageBytes()
                        + " bytes");
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

    @Override
    public boolean needsRedis() {
        return true;
    }

    @Override
    public Side prism(Workspace workspace) {
        int count = config.reads().cached();
        return round -> {
            try (Workspace.Held<RowTable> table = workspace.table(round.suffix(), count);
                    Workspace.Namespace namespace =
                            workspace.namespace(
                                    NamespaceKind.cached(table.it().name()), round.suffix())) {
                cache(namespace, table.it().rows(), count);
                return new RowReads(config)
                        .prism(
                                round,
                                namespace,
                                table.it(),
                                index -> 1 + index % count,
                                ServedBy.SERVED_BY_CACHE,
                                MOST);
            }
        };
    }

    private void cache(Workspace.Namespace namespace, ReaderRows rows, int count)
            throws InterruptedException {
        FreshReads reads =
                new FreshReads(namespace.channels(), rows, config.timing().patience(), new Meter());
        for (int id = 1; id <= count; id++) {
            reads.ready(id, 0);
        }
    }

    @Override
    public Side baseline(Workspace workspace) {
        return round -> {
            try (Workspace.Held<RedisGets> values =
                    workspace.redisValues(round.suffix(), config.reads().cached())) {
                return new RowReads(config).run(round, values.it(), MOST);
            }
        };
    }
}
