package io.prism.connectors.debezium;

import io.prism.connectors.outbox.OutboxRows;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cdc.Capture;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxMessage;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.Replication;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Outbox;
import io.prism.core.spec.PatternSpec.Publisher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Makes connectors' configurations. Stateless but for where databases are. */
public final class ConnectorConfigs {
    /** Begins Debezium's name of a database, and so the names of the topics it makes. */
    public static final String TOPIC_PREFIX = "prism.cdc.";

    static final String CONNECTOR_CLASS = "io.debezium.connector.postgresql.PostgresConnector";
    private static final String HEARTBEAT_TOPICS = "prism.connect.heartbeat";
    private static final String NO_TABLE = "none";

    private final Function<String, Server> servers;
    private final Function<String, RedisConfig.Server> caches;
    private final ConnectorSettings settings;

    /**
     * @param servers by a database's name; throws PrismException DATABASE_UNKNOWN
     * @param caches by a Redis' name; throws PrismException CACHE_UNKNOWN
     */
    public ConnectorConfigs(
            Function<String, Server> servers,
            Function<String, RedisConfig.Server> caches,
            ConnectorSettings settings) {
        this.servers = servers;
        this.caches = caches;
        this.settings = settings;
    }

    /** Without a Redis. */
    public ConnectorConfigs(Function<String, Server> servers, ConnectorSettings settings) {
        this(servers, name -> cache(RedisConfig.NOWHERE, name), settings);
    }

    /**
     * Where a Redis is.
     *
     * @throws PrismException CACHE_UNKNOWN
     */
    public static RedisConfig.Server cache(RedisConfig config, String name) {
        RedisConfig.Server server = config.servers().get(name);
        if (server == null) {
            throw new PrismException(
                            ErrorCode.CACHE_UNKNOWN,
                            "redis "
                                    + name
                                    + " is not configured here: set redis.url (PRISM_REDIS_URL) in"
                                    + " this process's configuration")
                    .with("redis", name);
        }
        return server;
    }

    /** All connectors that namespaces need: those that capture before those that consume. */
    public static List<Wanted> all(Collection<NamespaceSpec> namespaces) {
        List<Wanted> all = new ArrayList<>(wanted(namespaces));
        List<Capture> captures =
                namespaces.stream()
                        .map(Capture::of)
                        .flatMap(Optional::stream)
                        .sorted(Comparator.comparing(Capture::namespace))
                        .toList();
        captures.forEach(capture -> all.add(new WantedCapture(capture)));
        captures.forEach(
                capture ->
                        capture.consumers()
                                .forEach(
                                        consumer ->
                                                all.add(new WantedConsumer(capture, consumer))));
        return all;
    }

    /** The connectors that outboxes need, in the order of their databases. */
    public static List<WantedConnector> wanted(Collection<NamespaceSpec> namespaces) {
        Map<String, Set<OutboxTable>> tables = new TreeMap<>();
        for (NamespaceSpec namespace : namespaces) {
            namespace
                    .pattern(Outbox.class)
                    .filter(outbox -> outbox.publisher().mode() == Publisher.Mode.WAL)
                    .ifPresent(
                            outbox ->
                                    table(outbox)
                                            .ifPresentOrElse(
                                                    of(tables, outbox.database())::add,
                                                    () -> of(tables, outbox.database())));
        }
        List<WantedConnector> wanted = new ArrayList<>();
        tables.forEach(
                (database, of) -> wanted.add(new WantedConnector(database, List.copyOf(of))));
        return wanted;
    }

    private static Set<OutboxTable> of(Map<String, Set<OutboxTable>> tables, String database) {
        return tables.computeIfAbsent(
                database, d -> new TreeSet<>(Comparator.comparing(OutboxTable::label)));
    }

    private static Optional<OutboxTable> table(Outbox outbox) {
        return outbox.table().filter(NO_TABLE::equals).isPresent()
                ? Optional.empty()
                : Optional.of(OutboxTable.of(outbox));
    }

    /** Whether a configuration is one that Prism has made. */
    public static boolean isPrisms(Map<String, String> config) {
        String prefix = config.getOrDefault("topic.prefix", "");
        return CONNECTOR_CLASS.equals(config.get("connector.class"))
                ? prefix.startsWith(TOPIC_PREFIX) || prefix.startsWith(CaptureConfigs.TOPIC_PREFIX)
                : ConsumerConfigs.isPrisms(config);
    }

    /** The database whose outboxes a connector of Prism's reads. */
    public static String database(Map<String, String> config) {
        return config.getOrDefault("topic.prefix", "").substring(TOPIC_PREFIX.length());
    }

    /** What a connector of Prism's leaves in a database; empty where that is nothing. */
    public static Optional<Leftover> leftover(String name, Map<String, String> config) {
        if (!CONNECTOR_CLASS.equals(config.get("connector.class"))) {
            return Optional.empty();
        }
        return Optional.of(
                config.getOrDefault("topic.prefix", "").startsWith(TOPIC_PREFIX)
                        ? new Leftover(name, database(config), "")
                        : CaptureConfigs.leftover(name, config));
    }

    /**
     * A connector's configuration.
     *
     * @throws PrismException DATABASE_UNKNOWN, CACHE_UNKNOWN
     */
    public Map<String, String> config(Wanted wanted) {
        return switch (wanted) {
            case WantedConnector outboxes -> config(outboxes.database());
            case WantedCapture capture -> capture(capture);
            case WantedConsumer consumer -> ConsumerConfigs.config(consumer, caches, settings);
        };
    }

    /**
     * Whether a connector has passed changes over that it would not have passed over as it is to
     * be: then it begins anew, as it committed them for good.
     */
    public static boolean beginsAnew(
            Wanted wanted, Map<String, String> actual, Map<String, String> config) {
        return wanted instanceof WantedConsumer && ConsumerConfigs.differs(actual, config);
    }

    private Map<String, String> capture(WantedCapture wanted) {
        Map<String, String> config = new TreeMap<>();
        config.put("name", wanted.name());
        config.put("connector.class", CONNECTOR_CLASS);
        config.put("tasks.max", "1");
        place(config, wanted.database());
        common(config);
        CaptureConfigs.add(config, wanted.capture());
        topics(config);
        return config;
    }

    /**
     * A database's connector. It does not depend on the tables: those are the publication's, so
     * that one more of them restarts nothing.
     *
     * @throws PrismException DATABASE_UNKNOWN
     */
    public Map<String, String> config(String database) {
        Map<String, String> config = new TreeMap<>();
        config.put("name", WantedConnector.name(database));
        config.put("connector.class", CONNECTOR_CLASS);
        config.put("tasks.max", "1");
        config.put("topic.prefix", TOPIC_PREFIX + database);
        place(config, database);
        reading(config, database);
        writing(config, database);
        topics(config);
        return config;
    }

    private void place(Map<String, String> config, String database) {
        Server server = servers.apply(database);
        PostgresUrl url = PostgresUrl.parse(server.url());
        config.put("database.hostname", url.host());
        config.put("database.port", String.valueOf(url.port()));
        config.put("database.dbname", url.database());
        url.sslMode().ifPresent(mode -> config.put("database.sslmode", mode));
        config.put("database.user", secret(settings.user(), database, server.user()));
        config.put("database.password", secret(settings.password(), database, server.password()));
    }

    private static String secret(Optional<String> template, String database, String inline) {
        return template.map(t -> t.replace("{database}", database)).orElse(inline);
    }

    private void reading(Map<String, String> config, String database) {
        common(config);
        config.put("slot.name", Replication.slot(database));
        config.put("publication.name", Replication.PUBLICATION);
        config.put("message.prefix.include.list", OutboxMessage.PREFIX.replace(".", "\\."));
        // What becomes of a row after it was inserted: stamps and clean-up.
        config.put("skipped.operations", "u,d,t");
        config.put("binary.handling.mode", "bytes");
    }

    /** Whatever is read. */
    private void common(Map<String, String> config) {
        config.put("plugin.name", "pgoutput");
        config.put("publication.autocreate.mode", "disabled");
        // From where the slot is, not from what the tables have now.
        config.put("snapshot.mode", "no_data");
        config.put("tombstones.on.delete", "false");
        config.put("hstore.handling.mode", "json");
        config.put("interval.handling.mode", "string");
        config.put("decimal.handling.mode", "string");
        config.put("poll.interval.ms", String.valueOf(settings.poll().toMillis()));
        config.put("max.batch.size", "2048");
        config.put("max.queue.size", "8192");
        config.put("max.queue.size.in.bytes", "67108864");
        config.put("heartbeat.interval.ms", String.valueOf(settings.heartbeat().toMillis()));
        config.put(
                "heartbeat.action.query",
                "SELECT pg_logical_emit_message(false, 'prism.heartbeat', now()::text)");
        config.put("errors.max.retries", "-1");
        config.put("retriable.restart.connector.wait.ms", "1000");
        config.put("slot.max.retries", "10");
        config.put("slot.retry.delay.ms", "1000");
    }

    private static void writing(Map<String, String> config, String database) {
        config.put("transforms", "outbox");
        config.put("transforms.outbox.type", OutboxRows.class.getName());
        config.put("transforms.outbox.database", database);
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("key.converter.schemas.enable", "false");
        config.put("value.converter", "io.debezium.converters.BinaryDataConverter");
        config.put(
                "value.converter.delegate.converter.type",
                "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.delegate.converter.type.schemas.enable", "false");
        config.put("header.converter", "org.apache.kafka.connect.storage.StringConverter");
        durable(config);
    }

    static void durable(Map<String, String> config) {
        config.put("producer.override.acks", "all");
        config.put("producer.override.enable.idempotence", "true");
        config.put("producer.override.max.in.flight.requests.per.connection", "5");
        config.put("producer.override.max.request.size", "16777216");
        // What was polled together is sent together anyway.
        config.put("producer.override.linger.ms", "0");
    }

    private static void topics(Map<String, String> config) {
        config.put("topic.heartbeat.prefix", HEARTBEAT_TOPICS);
        config.put("topic.creation.default.partitions", "1");
        config.put("topic.creation.default.replication.factor", "-1");
        config.put("topic.creation.groups", "heartbeat");
        config.put(
                "topic.creation.heartbeat.include", HEARTBEAT_TOPICS.replace(".", "\\.") + "\\..*");
        config.put("topic.creation.heartbeat.partitions", "1");
        config.put("topic.creation.heartbeat.replication.factor", "-1");
        config.put("topic.creation.heartbeat.retention.ms", "3600000");
    }
}
