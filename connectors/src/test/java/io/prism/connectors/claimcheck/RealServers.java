package io.prism.connectors.claimcheck;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A Kafka broker and an S3 endpoint in this JVM, on loopback, with their data in a folder. */
public final class RealServers {
    static final String ACCESS_KEY = "connect";
    static final String SECRET_KEY = "connect-secret";

    private final int kafkaPort;
    private final KafkaRaftServer kafka;
    private final S3Proxy s3;

    RealServers(Path folder) throws Exception {
        kafkaPort = freePort();
        kafka = startKafka(Files.createDirectories(folder.resolve("kafka")), kafkaPort);
        s3 = startS3(folder.resolve("s3"));
    }

    String kafka() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** The settings that tell a transform where this S3 endpoint is. */
    Map<String, String> storage(String lead) {
        return storage(s3, lead);
    }

    static Map<String, String> storage(S3Proxy s3, String lead) {
        return Map.of(
                lead + "namespace",
                "videos",
                lead + "s3.endpoint",
                "http://127.0.0.1:" + s3.getPort(),
                lead + "s3.access.key",
                ACCESS_KEY,
                lead + "s3.secret.key",
                SECRET_KEY);
    }

    static S3Proxy startS3(Path folder) throws Exception {
        S3Proxy s3 =
                S3Proxy.builder()
                        .blobStore(
                                new FilesystemNio2BlobStore(
                                        Files.createDirectories(folder).toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                        .ignoreUnknownHeaders(true)
                        .build();
        s3.start();
        return s3;
    }

    public static KafkaRaftServer startKafka(Path folder, int port) throws Exception {
        int controllerPort = freePort();
        Map<String, Object> config = new HashMap<>();
        config.put("process.roles", "broker,controller");
        config.put("node.id", "1");
        config.put(
                "listeners",
                "BROKER://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        config.put("advertised.listeners", "BROKER://127.0.0.1:" + port);
        config.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("inter.broker.listener.name", "BROKER");
        config.put("controller.listener.names", "CONTROLLER");
        config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        config.put("log.dirs", folder.toString());
        config.put("offsets.topic.replication.factor", "1");
        config.put("offsets.topic.num.partitions", "1");
        config.put("transaction.state.log.replication.factor", "1");
        config.put("transaction.state.log.min.isr", "1");
        config.put("group.initial.rebalance.delay.ms", "0");
        config.put("log.cleaner.dedupe.buffer.size", "8388608");
        new Formatter()
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setDirectories(List.of(folder.toString()))
                .setMetadataLogDirectory(folder.toString())
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setFeatureLevel(KRaftVersion.FEATURE_NAME, (short) 0)
                .run();
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
        server.startup();
        return server;
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void close() throws Exception {
        s3.stop();
        kafka.shutdown();
        kafka.awaitShutdown();
    }
}
