package io.prism.core.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.cache.KeyTemplate;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.replication.Publications.Table;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Cache;
import io.prism.core.spec.PatternSpec.Cdc;
import io.prism.core.spec.PatternSpec.Cdc.Consumer;
import io.prism.core.spec.PatternSpec.Cdc.Snapshot;
import io.prism.core.spec.PatternSpec.Outbox;
import io.prism.core.table.InternalTopic;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a namespace captures. Everything it needs is its own (publication, slot, table of signals,
 * connector, topic), so that no namespace's tables, snapshots or failures are another's.
 *
 * @param database by the name that namespaces use
 * @param tables as in the catalogue; at least one
 * @param topic where all changes go
 */
public record Capture(
        String namespace,
        String database,
        List<Table> tables,
        String topic,
        Snapshot snapshot,
        List<Consumer> consumers) {
    /** A consumer that deletes from a cache. */
    public static final String INVALIDATOR = "cache_invalidator";

    /** A consumer that calls a URL. */
    public static final String WEBHOOK = "webhook";

    /** A consumer that writes to another topic. */
    public static final String TOPIC_WRITER = "topic";

    /** The option of an invalidator that makes keys of rows. */
    public static final String KEY_EXTRACTOR = "key_extractor";

    private static final String INSERT = "INSERT";
    private static final int LONGEST_ID = 40;

    public Capture {
        tables = List.copyOf(tables);
        consumers = List.copyOf(consumers);
    }

    /** What a namespace captures; empty unless it has the pattern. */
    public static Optional<Capture> of(NamespaceSpec namespace) {
        return namespace
                .pattern(Cdc.class)
                .map(
                        cdc ->
                                new Capture(
                                        namespace.name().value(),
                                        cdc.database(),
                                        tables(namespace, cdc),
                                        cdc.topic(namespace.name()),
                                        cdc.snapshot(),
                                        consumers(namespace, cdc)));
    }

    private static List<Table> tables(NamespaceSpec namespace, Cdc cdc) {
        Set<Table> tables = new LinkedHashSet<>();
        cdc.tables().forEach(name -> tables.add(table(name)));
        if (tables.isEmpty()) {
            namespace
                    .pattern(Outbox.class)
                    .filter(outbox -> !OutboxTable.isNone(outbox))
                    .map(OutboxTable::of)
                    .ifPresent(table -> tables.add(new Table(table.schema(), table.name())));
        }
        return List.copyOf(tables);
    }

    /** As PostgreSQL has an unquoted name. */
    private static Table table(String declared) {
        String name = declared.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return dot < 0
                ? new Table(OutboxTable.DEFAULT_SCHEMA, name)
                : new Table(name.substring(0, dot), name.substring(dot + 1));
    }

    /** Where misses are remembered, an inserted row makes what is remembered wrong, too. */
    private static List<Consumer> consumers(NamespaceSpec namespace, Cdc cdc) {
        boolean misses = namespace.pattern(Cache.class).flatMap(Cache::negativeTtl).isPresent();
        List<Consumer> consumers = new ArrayList<>();
        for (Consumer consumer : cdc.consumers()) {
            Set<String> operations = new LinkedHashSet<>(consumer.operations());
            if (misses && consumer.type().equals(INVALIDATOR)) {
                operations.add(INSERT);
            }
            consumers.add(
                    new Consumer(
                            consumer.name(),
                            consumer.type(),
                            consumer.backend(),
                            List.copyOf(operations),
                            consumer.options()));
        }
        return consumers;
    }

    /** A namespace's name as part of an identifier of PostgreSQL's; no two have the same. */
    private static String id(String namespace) {
        String plain = namespace.replace('-', '_');
        if (plain.equals(namespace) && plain.length() <= LONGEST_ID) {
            return plain;
        }
        return plain.substring(0, Math.min(LONGEST_ID, plain.length())) + "_" + hash(namespace);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name of a namespace's slot; one on the whole server. */
    public static String slot(String namespace) {
        return "prismcdc_" + id(namespace);
    }

    /** The name of the connector that captures a namespace's changes. */
    public static String connector(String namespace) {
        // A database's name, as in the connectors of outboxes, has no dot.
        return "prism-cdc." + namespace;
    }

    /** The name of the connector that is a consumer of a namespace's changes. */
    public static String connector(String namespace, String consumer) {
        return connector(namespace) + "." + consumer;
    }

    /** The name of a namespace's publication. */
    public static String publication(String namespace) {
        return "prism_cdc_" + id(namespace);
    }

    /** The table through which Debezium is told to snapshot. */
    public static Table signals(String namespace) {
        return new Table(OutboxTable.DEFAULT_SCHEMA, "prism_cdc_" + id(namespace));
    }

    /**
     * The topic of all changes, as it is made where it is not there. One partition: the order of
     * commits is one order, also of rows and what truncates them.
     */
    public InternalTopic changes() {
        return new InternalTopic(
                topic, 1, Map.of("retention.ms", "604800000", "max.message.bytes", "16777216"));
    }

    public String slot() {
        return slot(namespace);
    }

    public String publication() {
        return publication(namespace);
    }

    public Table signals() {
        return signals(namespace);
    }

    /** The columns that invalidators make keys of: every change must tell them. */
    public Set<String> keyColumns() {
        Set<String> columns = new LinkedHashSet<>();
        for (Consumer consumer : consumers) {
            String template = consumer.options().get(KEY_EXTRACTOR);
            if (template != null) {
                columns.addAll(KeyTemplate.parse(template).columns());
            }
        }
        return columns;
    }
}
