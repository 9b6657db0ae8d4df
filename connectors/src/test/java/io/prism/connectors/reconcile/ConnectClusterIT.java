package io.prism.connectors.reconcile;

import io.prism.connectors.claimcheck.PluginArchive;
import io.prism.connectors.claimcheck.RealServers;
import io.prism.connectors.connect.ConnectRest;
import io.prism.connectors.connect.ConnectRuntime;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A stock worker in a process of its own, with Prism's plugin archive in its {@code plugin.path}.
 * It is never stopped, but killed.
 */
class ConnectClusterIT extends ConnectContract {
    private @Nullable Process worker;
    private @Nullable ConnectRest rest;
    private int port;

    @Override
    ConnectRuntime start(Lab lab, Path folder) throws Exception {
        Path plugins = folder.resolve("plugins");
        if (port == 0) {
            port = RealServers.freePort();
            PluginArchive.unpack(plugins);
        }
        Path settings = Files.write(folder.resolve("worker.properties"), settings(lab, plugins));
        worker =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dlogback.configurationFile="
                                        + Path.of("src/test/resources/logback-test.xml")
                                                .toAbsolutePath(),
                                "-cp",
                                classPath(),
                                ConnectDistributed.class.getName(),
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        Path.of("target", "connect-worker.log").toFile()))
                        .start();
        ConnectRest made = new ConnectRest(url());
        rest = made;
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .until(() -> made.connectors() != null);
        return made;
    }

    private List<String> settings(Lab lab, Path plugins) {
        return List.of(
                "bootstrap.servers=" + lab.kafka(),
                "listeners=http://127.0.0.1:" + port,
                "group.id=stock",
                "plugin.path=" + plugins,
                "plugin.discovery=service_load",
                "config.storage.topic=stock-configs",
                "offset.storage.topic=stock-offsets",
                "status.storage.topic=stock-status",
                "config.storage.replication.factor=1",
                "offset.storage.replication.factor=1",
                "status.storage.replication.factor=1",
                "offset.storage.partitions=1",
                "status.storage.partitions=1",
                "offset.flush.interval.ms=1000",
                "scheduled.rebalance.max.delay.ms=0",
                "session.timeout.ms=6000",
                "heartbeat.interval.ms=1000",
                "key.converter=org.apache.kafka.connect.json.JsonConverter",
                "value.converter=org.apache.kafka.connect.json.JsonConverter");
    }

    /** Kafka's and Debezium's; Prism is in the archive alone. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("/target/") && !entry.contains("prism-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    void stop() throws Exception {
        Objects.requireNonNull(worker).destroyForcibly().waitFor();
        Objects.requireNonNull(rest).close();
    }
}
