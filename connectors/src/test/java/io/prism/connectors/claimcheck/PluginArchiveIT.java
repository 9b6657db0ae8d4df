package io.prism.connectors.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the archive is all that the transforms need, on a real S3 server. */
class PluginArchiveIT {
    @TempDir static Path folder;
    static Path plugins;
    static S3Proxy s3;

    @BeforeAll
    static void start() throws Exception {
        plugins = PluginArchive.unpack(folder.resolve("plugins"));
        s3 = RealServers.startS3(folder.resolve("s3"));
    }

    @AfterAll
    static void stop() throws Exception {
        s3.stop();
    }

    @Test
    void itIsOneFolderWithoutKafkasOwnJars() throws Exception {
        assertThat(PluginArchive.jars(plugins))
                .extracting(jar -> plugins.relativize(jar).getNameCount())
                .isNotEmpty()
                .containsOnly(2);
        assertThat(PluginArchive.jars(plugins))
                .extracting(jar -> jar.getFileName().toString())
                .anyMatch(jar -> jar.startsWith("prism-connectors-"))
                .noneMatch(
                        jar ->
                                jar.startsWith("kafka")
                                        || jar.startsWith("connect-")
                                        || jar.startsWith("slf4j"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "zstd"})
    @SuppressWarnings("unchecked")
    void aValueGoesIntoStorageAndComesBackWhole(String compression) throws Exception {
        // Given
        byte[] payload = new byte[9_000_000];
        new Random(3).nextBytes(payload);
        java.util.Arrays.fill(payload, 0, 5_000_000, (byte) 'x');
        try (URLClassLoader isolated = PluginArchive.isolated(plugins)) {
            Map<String, Transformation<SinkRecord>> found = new TreeMap<>();
            for (Transformation<SinkRecord> one :
                    ServiceLoader.load(Transformation.class, isolated)) {
                found.put(one.getClass().getSimpleName(), one);
            }
            assertThat(found)
                    .containsOnlyKeys(
                            "ChangeEvents", "ClaimCheckRestore", "ClaimCheckStore", "OutboxRows");
            try (Transformation<SinkRecord> store =
                            Objects.requireNonNull(found.get("ClaimCheckStore"));
                    Transformation<SinkRecord> restore =
                            Objects.requireNonNull(found.get("ClaimCheckRestore"))) {
                assertThat(store.getClass().getClassLoader()).isSameAs(isolated);
                Map<String, String> settings = new HashMap<>(RealServers.storage(s3, ""));
                restore.configure(settings);
                settings.put("compression", compression);
                store.configure(settings);
                // When
                SinkRecord stored =
                        store.apply(
                                new SinkRecord(
                                        "videos.raw",
                                        0,
                                        null,
                                        null,
                                        null,
                                        payload,
                                        0,
                                        0L,
                                        TimestampType.CREATE_TIME));
                // Then
                assertThat((byte[]) stored.value()).isEmpty();
                assertThat((byte[]) restore.apply(stored).value()).isEqualTo(payload);
            }
        }
    }
}
