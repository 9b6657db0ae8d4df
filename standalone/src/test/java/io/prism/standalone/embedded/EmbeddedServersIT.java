package io.prism.standalone.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Each server does what Prism needs it for, and keeps what it was given. */
class EmbeddedServersIT {
    @TempDir private static Path data;

    private static EmbeddedServers servers;

    @BeforeAll
    static void start() {
        servers = EmbeddedServers.start(data);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @Test
    void kafkaCommitsATransactionAndHidesAnAbortedOne() throws Exception {
        createTopic("transactions");

        try (KafkaProducer<String, String> producer = producer("writer")) {
            producer.initTransactions();
            producer.beginTransaction();
            Future<RecordMetadata> rolledBack =
                    producer.send(new ProducerRecord<>("transactions", "rolled back"));
            producer.flush();
            assertThat(rolledBack).isDone();
            producer.abortTransaction();
            producer.beginTransaction();
            Future<RecordMetadata> committed =
                    producer.send(new ProducerRecord<>("transactions", "committed"));
            producer.commitTransaction();
            assertThat(committed).isDone();
        }

        assertThat(read("transactions", 1)).containsExactly("committed");
    }

    @Test
    void kafkaHasShareGroupsStreamsGroupsAndTransactionsSwitchedOn() throws Exception {
        try (Admin admin = admin()) {
            Map<String, Short> levels =
                    admin
                            .describeFeatures()
                            .featureMetadata()
                            .get(60, TimeUnit.SECONDS)
                            .finalizedFeatures()
                            .entrySet()
                            .stream()
                            .collect(
                                    Collectors.toMap(
                                            Map.Entry::getKey,
                                            e -> e.getValue().maxVersionLevel()));

            assertThat(levels)
                    .containsEntry("share.version", (short) 1)
                    .containsEntry("streams.version", (short) 1)
                    .containsEntry("transaction.version", (short) 2);
        }
    }

    @Test
    void kafkaMakesNoTopicByAccident() throws Exception {
        try (KafkaProducer<String, String> producer = producer(null);
                Admin admin = admin()) {
            assertThatThrownBy(
                            () ->
                                    producer.send(new ProducerRecord<>("nobody-made-it", "x"))
                                            .get(5, TimeUnit.SECONDS))
                    .isNotNull();

            assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS))
                    .doesNotContain("nobody-made-it");
        }
    }

    @Test
    void postgresDecodesItsLogAndSyncsIt() throws SQLException {
        try (Connection connection = connection()) {
            execute(connection, "create table decoded (id int primary key)");
            execute(
                    connection,
                    "select pg_create_logical_replication_slot('embedded_it', 'test_decoding')");
            execute(connection, "insert into decoded values (42)");

            assertThat(
                            query(
                                    connection,
                                    "select data from pg_logical_slot_get_changes('embedded_it',"
                                            + " null, null)"))
                    .anyMatch(change -> change.contains("decoded: INSERT: id[integer]:42"));
            execute(connection, "select pg_drop_replication_slot('embedded_it')");
            assertThat(query(connection, "show wal_level")).containsExactly("logical");
            assertThat(query(connection, "show fsync")).containsExactly("on");
            assertThat(query(connection, "show synchronous_commit")).containsExactly("on");
        }
    }

    @Test
    void redisKeepsAValue() throws IOException {
        assertThat(redis("SET greeting hello")).isEqualTo("+OK");
        assertThat(redis("GET greeting")).isEqualTo("hello");
    }

    @Test
    void s3StoresAnObjectAndRefusesAWrongKey() {
        try (S3AsyncClient s3 = s3(servers.s3SecretKey());
                S3AsyncClient forged = s3("not the key")) {
            s3.createBucket(b -> b.bucket("bucket")).join();
            s3.putObject(
                            b -> b.bucket("bucket").key("a/b"),
                            AsyncRequestBody.fromBytes(new byte[] {1, 2, 3}))
                    .join();

            assertThat(get(s3, "bucket", "a/b")).containsExactly(1, 2, 3);
            assertThatThrownBy(() -> get(forged, "bucket", "a/b"))
                    .hasCauseInstanceOf(S3Exception.class);
        }
    }

    @Test
    void everythingIsStillThereAfterARestart() throws Exception {
        // Given
        createTopic("kept");
        try (KafkaProducer<String, String> producer = producer(null)) {
            producer.send(new ProducerRecord<>("kept", "record")).get(60, TimeUnit.SECONDS);
        }
        try (Connection connection = connection()) {
            execute(connection, "create table kept (id int)");
            execute(connection, "insert into kept values (7)");
        }
        redis("SET kept key");
        try (S3AsyncClient s3 = s3(servers.s3SecretKey())) {
            s3.createBucket(b -> b.bucket("kept")).join();
            s3.putObject(b -> b.bucket("kept").key("k"), AsyncRequestBody.fromBytes(new byte[1]))
                    .join();
        }

        // When
        servers.close();
        assertThat(Leftovers.find(EmbeddedPostgres.PROGRAM, data.resolve("postgres"))).isEmpty();
        assertThat(Leftovers.find(EmbeddedRedis.PROGRAM, data.resolve("redis"))).isEmpty();
        servers = EmbeddedServers.start(data);

        // Then
        assertThat(read("kept", 1)).containsExactly("record");
        try (Connection connection = connection()) {
            assertThat(query(connection, "select id from kept")).containsExactly("7");
        }
        assertThat(redis("GET kept")).isEqualTo("key");
        try (S3AsyncClient s3 = s3(servers.s3SecretKey())) {
            assertThat(get(s3, "kept", "k")).hasSize(1);
        }
    }

    private static void createTopic(String name) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", servers.kafkaBootstrap()));
    }

    private static KafkaProducer<String, String> producer(@Nullable String transactionalId) {
        var config = new HashMap<String, Object>();
        config.put("bootstrap.servers", servers.kafkaBootstrap());
        config.put("max.block.ms", "3000");
        if (transactionalId != null) {
            config.put("transactional.id", transactionalId);
            config.put("max.block.ms", "30000");
        }
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private static List<String> read(String topic, int count) {
        var values = new ArrayList<String>();
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers", servers.kafkaBootstrap(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest");
        try (var consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    private static Connection connection() throws SQLException {
        return DriverManager.getConnection(servers.postgresJdbcUrl());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** An inline command; the answer's line, or for a bulk string the line after its length. */
    private static String redis(String command) throws IOException {
        URI url = URI.create(servers.redisUrl());
        try (var socket = new Socket(url.getHost(), url.getPort());
                var in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            String line = in.readLine();
            return line.startsWith("$") ? in.readLine() : line;
        }
    }

    private static byte[] get(S3AsyncClient s3, String bucket, String key) {
        return s3.getObject(b -> b.bucket(bucket).key(key), AsyncResponseTransformer.toBytes())
                .join()
                .asByteArray();
    }

    private static S3AsyncClient s3(String secret) {
        return S3AsyncClient.builder()
                .endpointOverride(servers.s3Endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(servers.s3AccessKey(), secret)))
                .build();
    }
}
