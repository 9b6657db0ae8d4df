package io.prism.standalone.e2e;

import static org.awaitility.Awaitility.await;

import io.prism.standalone.Addresses;
import io.prism.standalone.DataFolder;
import io.prism.standalone.RunState;
import io.prism.standalone.cli.PrismMain;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A prism command as a process of its own, to be killed. */
final class PrismProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Process process;
    private final Path output;

    /** Of the servers that it started, if it did. */
    private final Optional<Path> data;

    private PrismProcess(
            List<String> jvm, Map<String, String> environment, Path output, String command) {
        this(PrismMain.class, jvm, environment, output, Optional.empty(), List.of(command));
    }

    private PrismProcess(
            Class<?> main,
            List<String> jvm,
            Map<String, String> environment,
            Path output,
            Optional<Path> data,
            List<String> arguments) {
        this.output = output;
        this.data = data;
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djdk.virtualThreadScheduler.parallelism=8"));
        line.addAll(jvm);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code prism up}, ready to be called. */
    static PrismProcess up(Path data, Path output) {
        PrismProcess up =
                new PrismProcess(
                        PrismMain.class,
                        List.of("-Xmx512m"),
                        Map.of(),
                        output,
                        Optional.of(data),
                        List.of("up", "--data", data.toString()));
        try {
            up.awaitOutput("Prism is ready");
            return up;
        } catch (RuntimeException | Error e) {
            up.close();
            throw e;
        }
    }

    /** {@code prism gateway}, ready to be called. */
    static PrismProcess gateway(
            List<String> jvm, Map<String, String> environment, Path output, int httpPort) {
        PrismProcess gateway = startGateway(jvm, environment, output);
        gateway.awaitReady(httpPort);
        return gateway;
    }

    /** {@code prism gateway}, on its way up. */
    static PrismProcess startGateway(
            List<String> jvm, Map<String, String> environment, Path output) {
        return new PrismProcess(jvm, environment, output, "gateway");
    }

    /** {@code prism streams}, on its way up. */
    static PrismProcess startStreams(
            List<String> jvm, Map<String, String> environment, Path output) {
        return new PrismProcess(jvm, environment, output, "streams");
    }

    /** A Connect worker, on its way up. */
    static PrismProcess startConnect(
            List<String> jvm, String kafkaBootstrap, int port, Path output) {
        return new PrismProcess(
                ConnectWorker.class,
                jvm,
                Map.of(),
                output,
                Optional.empty(),
                List.of(kafkaBootstrap, Integer.toString(port)));
    }

    /** Where the servers are, as a single role is told. */
    static Map<String, String> environment(Servers servers) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PRISM_KAFKA_BOOTSTRAP", servers.kafkaBootstrap());
        environment.put("PRISM_S3_ENDPOINT", servers.s3Endpoint().toString());
        environment.put("PRISM_S3_ACCESS_KEY", servers.s3AccessKey());
        environment.put("PRISM_S3_SECRET_KEY", servers.s3SecretKey());
        environment.put("PRISM_S3_TIMEOUT", "60s");
        environment.put("PRISM_POSTGRES_URL", servers.postgresUrl());
        environment.put("PRISM_REDIS_URL", servers.redisUrl());
        return environment;
    }

    void awaitReady(int httpPort) {
        awaitAnswer("http://127.0.0.1:" + httpPort + "/health/ready");
    }

    /** Until it says OK there. */
    void awaitAnswer(String url) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            requireAlive();
                            return Http.status(url) == 200;
                        });
    }

    private void awaitOutput(String text) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            requireAlive();
                            return output().contains(text);
                        });
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("it ended with " + process.exitValue() + ":\n" + output());
        }
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Addresses addresses(Path data) {
        return DataFolder.running(data).flatMap(RunState::addresses).orElseThrow();
    }

    static TestClient client(Path data) {
        return new TestClient(
                port(addresses(data).get(Addresses.GRPC)),
                port(addresses(data).get(Addresses.ADMIN)));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    boolean alive() {
        return process.isAlive();
    }

    /** kill -9, of the servers it started, too. */
    void kill() {
        process.destroyForcibly();
        data.ifPresent(EmbeddedServers::killLeftovers);
        exitCode();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int exitCode() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("still running");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
