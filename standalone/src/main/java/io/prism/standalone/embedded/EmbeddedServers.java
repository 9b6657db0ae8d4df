package io.prism.standalone.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Kafka, PostgreSQL, Redis and S3 on the loopback interface over one data folder. The caller sees
 * to it that no other process uses the folder.
 */
public final class EmbeddedServers implements Servers {
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres postgres;
    private final EmbeddedRedis redis;
    private final EmbeddedS3 s3;

    private EmbeddedServers(
            EmbeddedKafka kafka, EmbeddedPostgres postgres, EmbeddedRedis redis, EmbeddedS3 s3) {
        this.kafka = kafka;
        this.postgres = postgres;
        this.redis = redis;
        this.s3 = s3;
    }

    /** On ports that are free right now, for tests. */
    public static EmbeddedServers start(Path data) {
        return start(data, ServerPorts.free(), StartListener.NONE);
    }

    /**
     * Starts all four at the same time and returns when each one serves; when one fails, those that
     * started are stopped and {@link ServerStartException} names it.
     *
     * @param data one folder a server is made in here, and {@code logs}
     */
    public static EmbeddedServers start(Path data, ServerPorts ports, StartListener listener) {
        Path folder = data.toAbsolutePath().normalize();
        Path logs = folder.resolve("logs");
        try {
            Files.createDirectories(logs);
        } catch (IOException e) {
            throw new ServerStartException("Prism", "cannot write to " + data, e);
        }
        Binaries binaries = Binaries.inUserCache();
        // Not virtual ones: class initialisers that wait for one another pin their carriers, of
        // which
        // there may be only two.
        try (var threads = Executors.newFixedThreadPool(4)) {
            var start = new Start(listener);
            var kafka =
                    CompletableFuture.supplyAsync(
                            start.timed(
                                    () ->
                                            EmbeddedKafka.start(
                                                    folder.resolve("kafka"),
                                                    ports.kafka(),
                                                    ports.kafkaController(),
                                                    logs.resolve("kafka.log"))),
                            threads);
            var postgres =
                    CompletableFuture.supplyAsync(
                            start.timed(
                                    () ->
                                            EmbeddedPostgres.start(
                                                    binaries,
                                                    folder.resolve("postgres"),
                                                    ports.postgres(),
                                                    logs.resolve("postgres.log"))),
                            threads);
            var redis =
                    CompletableFuture.supplyAsync(
                            start.timed(
                                    () ->
                                            EmbeddedRedis.start(
                                                    binaries,
                                                    folder.resolve("redis"),
                                                    ports.redis(),
                                                    logs.resolve("redis.log"))),
                            threads);
            var s3 =
                    CompletableFuture.supplyAsync(
                            start.timed(() -> EmbeddedS3.start(folder.resolve("s3"), ports.s3())),
                            threads);
            allOrNone(List.of(kafka, postgres, redis, s3));
            return new EmbeddedServers(kafka.join(), postgres.join(), redis.join(), s3.join());
        }
    }

    /**
     * Stops what a killed JVM left running on this folder; to be called before ports are chosen, or
     * the ports of those servers look taken.
     *
     * @return how many processes there were
     */
    public static int stopLeftovers(Path data) {
        try {
            return EmbeddedPostgres.stopLeftovers(data.resolve("postgres"))
                    + EmbeddedRedis.stopLeftovers(data.resolve("redis"));
        } catch (IOException e) {
            throw new ServerStartException("Prism", String.valueOf(e.getMessage()), e);
        }
    }

    /** Server processes that work in this folder, whoever started them. */
    public static List<ProcessHandle> processes(Path data) {
        try {
            return Stream.concat(
                            Leftovers.find(EmbeddedPostgres.PROGRAM, data.resolve("postgres"))
                                    .stream(),
                            Leftovers.find(EmbeddedRedis.PROGRAM, data.resolve("redis")).stream())
                    .toList();
        } catch (IOException e) {
            throw new ServerStartException("Prism", String.valueOf(e.getMessage()), e);
        }
    }

    /** Kills them without asking; for when there is no time left. What is durable stays. */
    public static void killLeftovers(Path data) {
        processes(data).forEach(ProcessHandle::destroyForcibly);
    }

    private static void allOrNone(List<? extends CompletableFuture<? extends EmbeddedServer>> all) {
        var failures = new ArrayList<Throwable>();
        var started = new ArrayList<EmbeddedServer>();
        for (CompletableFuture<? extends EmbeddedServer> server : all) {
            try {
                started.add(server.join());
            } catch (CompletionException e) {
                failures.add(e.getCause() == null ? e : e.getCause());
            }
        }
        if (failures.isEmpty()) {
            return;
        }
        started.forEach(EmbeddedServer::close);
        Throwable first = failures.getFirst();
        failures.stream().skip(1).forEach(first::addSuppressed);
        if (first instanceof ServerStartException failure) {
            throw failure;
        }
        throw new ServerStartException("Prism", String.valueOf(first), first);
    }

    @Override
    public String kafkaBootstrap() {
        return "127.0.0.1:" + kafka.port();
    }

    @Override
    public String postgresUrl() {
        return "postgresql://%s:%s@127.0.0.1:%d/%s"
                .formatted(
                        EmbeddedPostgres.USER,
                        EmbeddedPostgres.PASSWORD,
                        postgres.port(),
                        EmbeddedPostgres.DATABASE);
    }

    @Override
    public String redisUrl() {
        return "redis://127.0.0.1:" + redis.port();
    }

    @Override
    public URI s3Endpoint() {
        return URI.create("http://127.0.0.1:" + s3.port());
    }

    @Override
    public String s3AccessKey() {
        return EmbeddedS3.ACCESS_KEY;
    }

    @Override
    public String s3SecretKey() {
        return EmbeddedS3.SECRET_KEY;
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    /** Completes with a sentence when a server ends that nobody has closed. */
    public CompletableFuture<String> died() {
        return CompletableFuture.anyOf(
                        inStopOrder().map(EmbeddedServer::died).toArray(CompletableFuture[]::new))
                .thenApply(String.class::cast);
    }

    @Override
    public void close() {
        inStopOrder().forEach(EmbeddedServer::close);
    }

    /** Nothing stops before what writes to it. */
    private Stream<EmbeddedServer> inStopOrder() {
        return Stream.of(s3, redis, postgres, kafka);
    }

    private record Start(StartListener listener) {
        <S extends EmbeddedServer> Supplier<S> timed(Supplier<S> start) {
            return () -> {
                long from = System.nanoTime();
                S server = start.get();
                listener.ready(
                        server.name(),
                        "127.0.0.1:" + server.port(),
                        Duration.ofNanos(System.nanoTime() - from));
                return server;
            };
        }
    }
}
