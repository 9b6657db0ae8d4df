package io.prism.bench;

import io.grpc.Channel;
import io.prism.bench.load.KafkaGroups;
import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.KafkaTopics;
import io.prism.bench.load.RedisGets;
import io.prism.bench.load.RowTexts;
import io.prism.bench.load.S3Load;
import io.prism.v1.PublishRequest;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * The connections of a run, and what it makes for itself: namespaces, topics and buckets whose
 * names begin with {@code bench-} and the run's id. Closing it removes what is left of them.
 */
final class Workspace implements AutoCloseable {
    private final Targets targets;
    private final Settings settings;
    private final String prefix;
    private final PrismClient prism;
    private final KafkaTopics topics;
    private final Cleanup cleanup;

    /**
     * @param runId lower-case letters and digits; tells this run's things from another's
     * @param complaints told what could not be removed at the end
     */
    Workspace(Targets targets, Settings settings, String runId, Consumer<String> complaints) {
        this.targets = targets;
        this.settings = settings;
        this.prefix = "bench-" + runId + "-";
        this.topics = topics(targets.kafka());
        this.prism = new PrismClient(targets.grpc(), targets.admin(), settings.channels());
        this.cleanup = new Cleanup(complaints);
    }

    private static KafkaTopics topics(String bootstrap) {
        try {
            return new KafkaTopics(bootstrap);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new BenchException("--kafka " + bootstrap + ": " + cause.getMessage(), e);
        }
    }

    PrismClient prism() {
        return prism;
    }

    KafkaTopics topics() {
        return topics;
    }

    String kafka() {
        return targets.kafka();
    }

    /** Makes a namespace of that kind. */
    Namespace namespace(NamespaceKind kind, String suffix) {
        String name = prefix + suffix;
        Cleanup.Made made = cleanup.add("namespace " + name, () -> prism.deleteNamespace(name));
        prism.createNamespace(kind.document(name, settings.partitions()));
        return new Namespace(name, made);
    }

    /** A namespace of this run; closing it deletes it with its data. */
    final class Namespace implements AutoCloseable {
        private static final String TOPIC = "messages";

        private final String name;
        private final Cleanup.Made made;
        private long primed;

        private Namespace(String name, Cleanup.Made made) {
            this.name = name;
            this.made = made;
        }

        /** The topic every scenario publishes to. */
        String topic() {
            return TOPIC;
        }

        /** Its name on Kafka. */
        String logTopic() {
            return name + "." + TOPIC;
        }

        /** The name on Kafka of the topic of whole payloads. */
        String rehydratedTopic() {
            return logTopic() + ".rehydrated";
        }

        List<Channel> channels() {
            return prism.channels(name);
        }

        /** Publishes once over each connection. */
        void prime(PublishRequest request) {
            primed += PrismClient.prime(channels(), request);
        }

        /** How many records the topic holds beyond those that primed it. */
        long records() throws InterruptedException {
            String topic = logTopic();
            try {
                return topics.records(topic) - primed;
            } catch (ExecutionException e) {
                throw new BenchException(
                        "cannot count topic "
                                + topic
                                + "; is "
                                + kafka()
                                + " the cluster Prism writes to? "
                                + e.getCause(),
                        e);
            }
        }

        @Override
        public void close() {
            made.close();
        }
    }

    /** A topic of this run beside Prism; closing it deletes it. */
    final class Topic implements AutoCloseable {
        private final String name;
        private final Cleanup.Made made;
        private long primed;

        private Topic(String name, Cleanup.Made made) {
            this.name = name;
            this.made = made;
        }

        String name() {
            return name;
        }

        /** A producer that has already published one message. */
        KafkaLoad producer(byte[] payload) throws InterruptedException, ExecutionException {
            KafkaLoad load =
                    new KafkaLoad(kafka(), settings.producer(), name, settings.timing().patience());
            try {
                load.prime(payload);
            } catch (InterruptedException | ExecutionException e) {
                load.close();
                throw e;
            }
            primed++;
            return load;
        }

        /** How many records the topic holds beyond the one that primed it. */
        long records() throws InterruptedException, ExecutionException {
            return all() - primed;
        }

        /** How many records the topic holds. */
        long all() throws InterruptedException, ExecutionException {
            return topics.records(name);
        }

        @Override
        public void close() {
            made.close();
        }
    }

    Topic topic(String suffix) throws InterruptedException, ExecutionException {
        String name = prefix + "raw-" + suffix;
        Cleanup.Made made = cleanup.add("topic " + name, () -> topics.delete(name));
        topics.create(name, settings.partitions());
        return new Topic(name, made);
    }

    /** The name of a group of this run; closing it deletes the group. */
    static final class Group implements AutoCloseable {
        private final String name;
        private final Cleanup.Made made;

        private Group(String name, Cleanup.Made made) {
            this.name = name;
            this.made = made;
        }

        String name() {
            return name;
        }

        @Override
        public void close() {
            made.close();
        }
    }

    /** Something of this run; closing it removes it. */
    static final class Held<T> implements AutoCloseable {
        private final T it;
        private final Cleanup.Made made;

        private Held(T it, Cleanup.Made made) {
            this.it = it;
            this.made = made;
        }

        T it() {
            return it;
        }

        @Override
        public void close() {
            made.close();
        }
    }

    Targets.Database database() {
        return targets.database()
                .orElseThrow(() -> new BenchException("this scenario needs --postgres-url"));
    }

    /** Makes an outbox that knows nothing of Prism, and whose rows go to the topic. */
    Held<DebeziumOutbox> plainOutbox(String suffix, String topic)
            throws SQLException, IOException, InterruptedException {
        DebeziumOutbox outbox = new DebeziumOutbox(database(), prefix + suffix);
        Cleanup.Made made = cleanup.add("outbox " + prefix + suffix, outbox::remove);
        outbox.make(topic);
        return new Held<>(outbox, made);
    }

    /** Makes a table with so many rows. */
    Held<RowTable> table(String suffix, long rows) throws SQLException {
        RowTable table = new RowTable(database(), prefix + suffix, texts());
        Cleanup.Made made = cleanup.add("table " + table.name(), table::remove);
        table.make(rows);
        return new Held<>(table, made);
    }

    /** Makes a connector that knows nothing of Prism and takes the table's changes to the topic. */
    Held<DebeziumConnector> plainChanges(RowTable table, String topic)
            throws SQLException, IOException, InterruptedException {
        DebeziumConnector connector = new DebeziumConnector(database(), table.name());
        Cleanup.Made made = cleanup.add("connector " + table.name(), connector::remove);
        connector.make(table.name(), toTopic(topic));
        return new Held<>(connector, made);
    }

    private static Map<String, String> toTopic(String topic) {
        Map<String, String> config = new HashMap<>();
        config.put("transforms", "topic");
        config.put("transforms.topic.type", "org.apache.kafka.connect.transforms.RegexRouter");
        config.put("transforms.topic.regex", ".*");
        config.put("transforms.topic.replacement", topic);
        for (String part : List.of("key", "value")) {
            config.put(part + ".converter", "org.apache.kafka.connect.json.JsonConverter");
            config.put(part + ".converter.schemas.enable", "false");
        }
        return config;
    }

    /** Sets so many values in Redis. */
    Held<RedisGets> redisValues(String suffix, int count) {
        RedisGets values =
                new RedisGets(
                        targets.redis()
                                .orElseThrow(
                                        () ->
                                                new BenchException(
                                                        "this scenario needs --redis-url")),
                        prefix + suffix + ":",
                        count,
                        texts(),
                        settings.timing().patience());
        Cleanup.Made made = cleanup.add("values " + prefix + suffix, values::close);
        values.set(settings.channels());
        return new Held<>(values, made);
    }

    private RowTexts texts() {
        return new RowTexts(settings.seed(), settings.messageBytes());
    }

    /** A share group that begins at the earliest record. */
    Group shareGroup(String suffix) throws InterruptedException, ExecutionException {
        String name = prefix + "share-" + suffix;
        KafkaGroups groups = topics.groups();
        Cleanup.Made made = cleanup.add("share group " + name, () -> groups.deleteShare(name));
        groups.beginShareAtEarliest(name);
        return new Group(name, made);
    }

    Group consumerGroup(String suffix) {
        String name = prefix + "group-" + suffix;
        KafkaGroups groups = topics.groups();
        return new Group(name, cleanup.add("group " + name, () -> groups.deleteConsumers(name)));
    }

    /** A bucket of this run with a client of its own; closing it deletes the bucket's objects. */
    static final class Bucket implements AutoCloseable {
        private final String name;
        private final S3Load client;
        private final Cleanup.Made made;

        private Bucket(String name, S3Load client, Cleanup.Made made) {
            this.name = name;
            this.client = client;
            this.made = made;
        }

        String name() {
            return name;
        }

        S3Load client() {
            return client;
        }

        @Override
        public void close() {
            made.close();
        }
    }

    /**
     * @param connections the client may open
     */
    Bucket bucket(String suffix, int connections) {
        Targets.S3 s3 =
                targets.s3()
                        .orElseThrow(() -> new BenchException("this scenario needs --s3-endpoint"));
        String name = prefix + suffix;
        S3Load client =
                new S3Load(
                        s3.endpoint(),
                        s3.accessKey(),
                        s3.secretKey(),
                        connections,
                        settings.timing().patience());
        Cleanup.Made made =
                cleanup.add(
                        "bucket " + name,
                        () -> {
                            try (client) {
                                client.deleteBucket(name);
                            }
                        });
        client.createBucket(name);
        return new Bucket(name, client, made);
    }

    @Override
    public synchronized void close() {
        cleanup.close();
        topics.close();
        prism.close();
    }
}
