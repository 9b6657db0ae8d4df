package io.prism.bench;

import io.grpc.Channel;
import io.prism.bench.load.KafkaGroups;
import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.KafkaTopics;
import io.prism.bench.load.S3Load;
import io.prism.v1.PublishRequest;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
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

    /** An outbox of this run that knows nothing of Prism; closing it removes it. */
    static final class PlainOutbox implements AutoCloseable {
        private final DebeziumOutbox table;
        private final Cleanup.Made made;

        private PlainOutbox(DebeziumOutbox table, Cleanup.Made made) {
            this.table = table;
            this.made = made;
        }

        DebeziumOutbox table() {
            return table;
        }

        @Override
        public void close() {
            made.close();
        }
    }

    /** Makes one whose rows go to the topic. */
    PlainOutbox plainOutbox(String suffix, String topic)
            throws SQLException, IOException, InterruptedException {
        Targets.Database database =
                targets.database()
                        .orElseThrow(
                                () -> new BenchException("this scenario needs --postgres-url"));
        DebeziumOutbox outbox =
                new DebeziumOutbox(database.server(), database.connect(), prefix + suffix);
        Cleanup.Made made = cleanup.add("outbox " + prefix + suffix, outbox::remove);
        outbox.make(topic);
        return new PlainOutbox(outbox, made);
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
