package io.prism.standalone.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.common.ShareVersion;
import org.apache.kafka.server.common.StreamsVersion;

/**
 * One broker and controller inside this JVM, with transactions, share groups and the streams group
 * protocol. Topics are never made by accident.
 */
final class EmbeddedKafka implements EmbeddedServer {
    static final String NAME = "Kafka";

    private final KafkaRaftServer server;
    private final int port;
    private final CompletableFuture<String> died;
    private volatile boolean closed;

    private EmbeddedKafka(KafkaRaftServer server, int port, CompletableFuture<String> died) {
        this.server = server;
        this.port = port;
        this.died = died;
    }

    /**
     * Answers when the broker serves requests; formats the folder on its first use. From now on a
     * fatal fault in Kafka no longer ends the JVM: {@link #died} tells of it.
     */
    static EmbeddedKafka start(Path folder, int port, int controllerPort, Path log) {
        var died = new CompletableFuture<String>();
        try {
            Files.createDirectories(folder);
            boolean first = !Files.exists(folder.resolve("meta.properties"));
            boolean crashed = !first && !Files.exists(folder.resolve(".kafka_cleanshutdown"));
            if (first) {
                format(folder);
            }
            Exit.Procedure fatal =
                    (status, message) ->
                            died.complete(
                                    "Kafka stopped after a fatal fault"
                                            + (message == null ? "" : ": " + message)
                                            + " (log: "
                                            + log
                                            + ")");
            Exit.setExitProcedure(fatal);
            Exit.setHaltProcedure(fatal);
            var config = KafkaSettings.of(folder, port, controllerPort, crashed);
            var server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, port, died);
        } catch (Exception e) {
            throw new ServerStartException(NAME, rootMessage(e) + "; log: " + log, e);
        }
    }

    private static void format(Path folder) throws Exception {
        new Formatter()
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(KafkaSettings.NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(KafkaSettings.CONTROLLER)
                .setDirectories(List.of(folder.toString()))
                .setMetadataLogDirectory(folder.toString())
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setFeatureLevel(KRaftVersion.FEATURE_NAME, (short) 0)
                .setFeatureLevel(ShareVersion.FEATURE_NAME, (short) 1)
                .setFeatureLevel(StreamsVersion.FEATURE_NAME, (short) 1)
                .run();
        if (!Files.exists(folder.resolve("meta.properties"))) {
            throw new IOException("the folder " + folder + " could not be formatted");
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public CompletableFuture<String> died() {
        return died;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.shutdown();
        server.awaitShutdown();
    }
}
