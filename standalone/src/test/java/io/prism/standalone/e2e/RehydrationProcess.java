package io.prism.standalone.e2e;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.claim.S3ClaimStores;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.standalone.embedded.Servers;
import io.prism.streams.rehydration.RehydrationConfig;
import io.prism.streams.rehydration.RehydrationRole;
import io.prism.streams.role.RoleContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The rehydration role on its own: in this JVM, or in one that can be killed. */
final class RehydrationProcess implements AutoCloseable {
    private final Process process;

    private RehydrationProcess(Process process) {
        this.process = process;
    }

    /** A JVM of its own. */
    static RehydrationProcess start(Servers servers, Path state, Path output) {
        try {
            return new RehydrationProcess(
                    new ProcessBuilder(
                                    List.of(
                                            Path.of(System.getProperty("java.home"), "bin", "java")
                                                    .toString(),
                                            "--enable-native-access=ALL-UNNAMED",
                                            "--sun-misc-unsafe-memory-access=allow",
                                            "-Djdk.virtualThreadScheduler.parallelism=8",
                                            "-Xmx256m",
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            RehydrationProcess.class.getName(),
                                            servers.kafkaBootstrap(),
                                            servers.s3Endpoint().toString(),
                                            servers.s3AccessKey(),
                                            servers.s3SecretKey(),
                                            state.toString()))
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        RehydrationRole role =
                role(
                        arguments[0],
                        stores(URI.create(arguments[1]), arguments[2], arguments[3]),
                        Path.of(arguments[4]));
        role.start();
        new java.util.concurrent.CountDownLatch(1).await();
    }

    static S3ClaimStores stores(Servers servers) {
        return stores(servers.s3Endpoint(), servers.s3AccessKey(), servers.s3SecretKey());
    }

    private static S3ClaimStores stores(URI endpoint, String accessKey, String secretKey) {
        Clock clock = Clock.systemUTC();
        return new S3ClaimStores(
                new ClaimStoreConfig(
                        Optional.of(endpoint),
                        "us-east-1",
                        Optional.of(accessKey),
                        Optional.of(secretKey),
                        true,
                        "prism-claims",
                        DataSize.ofMebibytes(8),
                        DataSize.ofMebibytes(64)),
                new TimeOrderedIds(clock, new SecureRandom()),
                clock);
    }

    static RehydrationRole role(String bootstrap, S3ClaimStores stores, Path state) {
        return new RehydrationRole(
                RehydrationConfig.DEFAULT,
                new RoleContext(
                        bootstrap,
                        stores,
                        new SimpleMeterRegistry(),
                        Clock.systemUTC(),
                        state));
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("still running");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
