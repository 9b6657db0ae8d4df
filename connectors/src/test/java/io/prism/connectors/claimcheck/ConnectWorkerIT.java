package io.prism.connectors.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.record.RecordFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;
import org.apache.kafka.connect.util.FutureCallback;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker with the plugin archive in its {@code plugin.path}: a file's long lines go through a
 * topic as claims and come out as the same file.
 */
class ConnectWorkerIT {
    private static final String TOPIC = "videos.lines";

    @TempDir static Path folder;
    static RealServers servers;
    static Connect<StandaloneHerder> connect;
    static int restPort;

    @BeforeAll
    static void start() throws Exception {
        servers = new RealServers(folder);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
        restPort = RealServers.freePort();
        Map<String, String> worker = new HashMap<>();
        worker.put("bootstrap.servers", servers.kafka());
        worker.put("listeners", "http://127.0.0.1:" + restPort);
        worker.put("plugin.path", PluginArchive.unpack(folder.resolve("plugins")).toString());
        worker.put("plugin.discovery", "service_load");
        worker.put("offset.storage.file.filename", folder.resolve("offsets").toString());
        worker.put("offset.flush.interval.ms", "500");
        worker.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        worker.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        connect = new ConnectStandalone().startConnect(worker);
        connect.herder().ready();
    }

    @AfterAll
    static void stop() throws Exception {
        connect.stop();
        connect.awaitStop();
        servers.close();
    }

    private static void run(Map<String, String> config) throws Exception {
        FutureCallback<
                        org.apache.kafka.connect.runtime.Herder.Created<
                                org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo>>
                created = new FutureCallback<>();
        connect.herder().putConnectorConfig(config.get("name"), config, false, created);
        created.get();
    }

    private static Map<String, String> connector(String name, String plugin, Path file) {
        Map<String, String> config = new HashMap<>();
        config.put("name", name);
        config.put("connector.class", plugin);
        config.put("tasks.max", "1");
        config.put("file", file.toString());
        config.put("transforms", "claim");
        config.putAll(servers.storage("transforms.claim."));
        return config;
    }

    private static String line(Random random, int length) {
        StringBuilder line = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            line.append((char) ('a' + random.nextInt(26)));
        }
        return line.toString();
    }

    @Test
    void longLinesGoThroughATopicAsClaimsAndComeOutWhole() throws Exception {
        // Given
        Random random = new Random(11);
        List<String> lines = new ArrayList<>();
        for (int length : List.of(10, 50_000, 1, 3_000_000, 20_001, 20_000)) {
            lines.add(line(random, length));
        }
        Path in = Files.write(folder.resolve("in.txt"), lines);
        Path out = folder.resolve("out.txt");
        Map<String, String> source =
                connector("in", "org.apache.kafka.connect.file.FileStreamSourceConnector", in);
        source.put("topic", TOPIC);
        source.put("transforms.claim.type", "io.prism.connectors.claimcheck.ClaimCheckStore");
        source.put("transforms.claim.threshold.bytes", "20000");
        source.put("transforms.claim.compression", "zstd");
        Map<String, String> sink =
                connector("out", "org.apache.kafka.connect.file.FileStreamSinkConnector", out);
        sink.put("topics", TOPIC);
        sink.put("transforms.claim.type", "io.prism.connectors.claimcheck.ClaimCheckRestore");
        // When
        run(source);
        run(sink);
        // Then
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Files.readAllLines(out)).isEqualTo(lines));
        assertThat(onTheTopic(lines.size()))
                .allSatisfy(record -> assertThat(record.value()).hasSizeLessThanOrEqualTo(20_000))
                .extracting(record -> record.headers().lastHeader(RecordFormat.CLAIM_ID) != null)
                .containsExactly(false, true, false, true, true, false);
    }

    @Test
    void theWorkerListsBothTransformsWithTheirVersion() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String plugins =
                    client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:"
                                                                    + restPort
                                                                    + "/connector-plugins?connectorsOnly=false"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString(UTF_8))
                            .body();
            assertThat(plugins)
                    .contains("io.prism.connectors.claimcheck.ClaimCheckStore")
                    .contains("io.prism.connectors.claimcheck.ClaimCheckRestore");
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> onTheTopic(int count) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", servers.kafka()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                                return records.size() >= count;
                            });
            return records;
        }
    }
}
