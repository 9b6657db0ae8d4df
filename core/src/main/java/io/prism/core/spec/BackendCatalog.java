package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The backends, their options, and which API each can serve. */
final class BackendCatalog {
    static final int MAX_PARTITIONS = 1_000;

    private static final Option<List<String>> BROKERS =
            Option.<List<String>>of(
                            "brokers",
                            new ValueType.Many<>(ValueTypes.BROKER_ADDRESS),
                            "The cluster, for the record: a gateway serves the cluster it was"
                                    + " started for.",
                            "[kafka-1:9092, kafka-2:9092]")
                    .otherwise("the gateway's cluster");
    private static final Option<String> TOPIC =
            Option.of("topic", ValueTypes.TOPIC, "The namespace's only topic.", "videos")
                    .otherwise("any number of topics under topic_prefix");
    private static final Option<String> TOPIC_PREFIX =
            Option.of(
                            "topic_prefix",
                            ValueTypes.TOPIC_PREFIX,
                            "What the namespace's topics begin with; a dot follows it.",
                            "video")
                    .otherwise("<namespace>");
    private static final Option<Integer> PARTITIONS =
            Option.of(
                            "partitions",
                            ValueTypes.integer(1, MAX_PARTITIONS),
                            "How many partitions a topic is made with.",
                            "10")
                    .otherwise(
                            BackendSpec.Kafka.DEFAULT_PARTITIONS
                                    + ", or what the required throughput needs");
    private static final Option<Integer> REPLICATION =
            Option.of(
                            "replication",
                            ValueTypes.integer(1, 32_767),
                            "How many brokers hold each record.",
                            "3")
                    .otherwise("the cluster's default");
    private static final Option<Duration> RETENTION =
            Option.of(
                            "retention",
                            ValueTypes.duration(Duration.ofMinutes(1)),
                            "How long the log keeps records.",
                            "7d")
                    .otherwise("the cluster's default");
    private static final Option<String> DATABASE =
            Option.of("database", ValueTypes.DATABASE_NAME, "The database.", "users_db")
                    .defaults("postgres");

    /** The options of each backend, by type. */
    static final Map<String, List<Option<?>>> OPTIONS = options();

    /** The backends that can serve an API; the first one unless another is declared. */
    static final Map<ClientApi, List<String>> SERVING = serving();

    private BackendCatalog() {}

    /** A backend with what its plan says about it. */
    record Read(BackendSpec spec, OptionValues values) {}

    /**
     * @param namespace where the backend stands, or would stand
     * @param declared the value of {@code backend}, if there is one
     * @param neededPartitions what a required throughput asks for
     */
    static Optional<Read> read(
            At namespace,
            Optional<At> declared,
            ClientApi api,
            NamespaceName name,
            Optional<Integer> neededPartitions,
            Problems problems) {
        String otherwise = firstFor(api);
        if (declared.isEmpty()) {
            return make(
                    otherwise,
                    new OptionValues(
                            namespace.missing("backend"),
                            OPTIONS.getOrDefault(otherwise, List.of())),
                    name,
                    neededPartitions,
                    problems);
        }
        At at = declared.get();
        if (at.node().isNothing()) {
            problems.wrong(
                    at,
                    ViolationCode.INVALID_VALUE,
                    "`backend` has no value",
                    List.copyOf(OPTIONS.keySet()),
                    "write `backend: " + otherwise + "`, or remove the key");
            return Optional.empty();
        }
        Optional<String> type = type(at, otherwise, problems);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        List<Option<?>> options = OPTIONS.getOrDefault(type.get(), List.of());
        OptionValues values =
                at.node() instanceof YamlNode.Mapping
                        ? new OptionReader("option of backend " + type.get(), options, Map.of())
                                .read(at, problems, Set.of("type", "queue"))
                        : new OptionValues(at, options);
        return values.broken()
                ? Optional.empty()
                : make(type.get(), values, name, neededPartitions, problems);
    }

    static String firstFor(ClientApi api) {
        return SERVING.getOrDefault(api, List.of()).getFirst();
    }

    /** The type: a text in the backend's place, or {@code type}, or its alias {@code queue}. */
    private static Optional<String> type(At at, String otherwise, Problems problems) {
        List<At> given = new ArrayList<>();
        if (at.node() instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                if (entry.key().equals("type") || entry.key().equals("queue")) {
                    given.add(at.entry(entry));
                }
            }
            if (given.isEmpty()) {
                problems.missing(
                        at,
                        "type",
                        "`backend` needs a type",
                        List.copyOf(OPTIONS.keySet()),
                        "add type: " + otherwise);
                return Optional.empty();
            }
            if (given.size() > 1) {
                problems.wrong(
                        given.get(1),
                        ViolationCode.DUPLICATE_KEY,
                        "`queue` is another word for `type`, and both are given",
                        List.of(),
                        "remove one of them");
            }
        } else {
            given.add(at);
        }
        At where = given.getFirst();
        if (!(where.node() instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            problems.wrong(
                    where.value(),
                    ViolationCode.INVALID_VALUE,
                    "`" + where.path() + "` must be the type of a backend",
                    List.copyOf(OPTIONS.keySet()),
                    "write `type: " + otherwise + "`");
            return Optional.empty();
        }
        String type = scalar.text().toLowerCase(Locale.ROOT);
        if (!OPTIONS.containsKey(type)) {
            problems.unknown(
                    where.value(),
                    ViolationCode.UNKNOWN_BACKEND,
                    scalar.text(),
                    "backend",
                    List.copyOf(OPTIONS.keySet()));
            return Optional.empty();
        }
        return Optional.of(type);
    }

    private static Optional<Read> make(
            String type,
            OptionValues values,
            NamespaceName name,
            Optional<Integer> neededPartitions,
            Problems problems) {
        return switch (type) {
            case "kafka" ->
                    kafka(values, name, neededPartitions, problems)
                            .map(spec -> new Read(spec, values));
            case "postgres" ->
                    Optional.of(new Read(new BackendSpec.Postgres(values.get(DATABASE)), values));
            default -> Optional.of(new Read(new BackendSpec.Other(type), values));
        };
    }

    private static Optional<BackendSpec> kafka(
            OptionValues values,
            NamespaceName name,
            Optional<Integer> neededPartitions,
            Problems problems) {
        int before = problems.count();
        if (values.has(TOPIC) && values.has(TOPIC_PREFIX)) {
            problems.wrong(
                    values.at(TOPIC_PREFIX),
                    ViolationCode.UNUSED_OPTION,
                    "With `topic`, the namespace has that one topic and no prefix",
                    List.of(),
                    "remove topic_prefix, or remove topic to have several topics");
        }
        int needed = neededPartitions.orElse(1);
        Optional<Integer> given = values.find(PARTITIONS);
        if (given.isPresent() && given.get() < needed) {
            problems.wrong(
                    values.at(PARTITIONS).value(),
                    ViolationCode.CONFLICTING_OPTIONS,
                    given.get() + " partitions cannot carry the required throughput",
                    List.of("at least " + needed + " partitions"),
                    "write partitions: " + needed + ", or remove the key");
        }
        if (problems.count() > before) {
            return Optional.empty();
        }
        Optional<String> topic = values.find(TOPIC);
        return Optional.of(
                new BackendSpec.Kafka(
                        values.find(BROKERS).orElse(List.of()),
                        topic,
                        topic.isPresent()
                                ? name.value()
                                : values.orElse(TOPIC_PREFIX, name.value()),
                        values.orElse(
                                PARTITIONS,
                                neededPartitions.orElse(BackendSpec.Kafka.DEFAULT_PARTITIONS)),
                        values.find(REPLICATION),
                        values.find(RETENTION)));
    }

    private static Map<String, List<Option<?>>> options() {
        Map<String, List<Option<?>>> options = new LinkedHashMap<>();
        options.put(
                "kafka", List.of(BROKERS, TOPIC, TOPIC_PREFIX, PARTITIONS, REPLICATION, RETENTION));
        options.put("postgres", List.of(DATABASE));
        Set<String> others = new LinkedHashSet<>(List.of("redis", "nats", "clickhouse"));
        others.forEach(type -> options.put(type, List.of()));
        return Collections.unmodifiableMap(options);
    }

    private static Map<ClientApi, List<String>> serving() {
        Map<ClientApi, List<String>> serving = new EnumMap<>(ClientApi.class);
        serving.put(ClientApi.PUBSUB, List.of("kafka", "nats"));
        serving.put(ClientApi.QUEUE, List.of("kafka", "nats", "postgres", "redis"));
        serving.put(ClientApi.READER, List.of("postgres", "clickhouse"));
        serving.put(ClientApi.TRANSACT, List.of("postgres", "kafka"));
        serving.put(ClientApi.CACHE, List.of("redis"));
        return Collections.unmodifiableMap(serving);
    }
}
