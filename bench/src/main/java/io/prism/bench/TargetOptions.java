package io.prism.bench;

import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisUrl;
import io.prism.core.database.DatabaseUrl;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where to find what is measured; what {@code prism env} prints is understood. */
final class TargetOptions {

    @Option(
            names = "--grpc",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:PRISM_GRPC:-127.0.0.1:8980}",
            description = "Prism's data port, PRISM_GRPC. Default: ${DEFAULT-VALUE}.")
    private String grpc = "";

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:PRISM_ADMIN:-127.0.0.1:8981}",
            description = "Prism's admin port, PRISM_ADMIN. Default: ${DEFAULT-VALUE}.")
    private String admin = "";

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT,…",
            defaultValue = "${env:PRISM_KAFKA_BOOTSTRAP:-127.0.0.1:9092}",
            description =
                    "The Kafka that Prism writes to, PRISM_KAFKA_BOOTSTRAP. Default:"
                            + " ${DEFAULT-VALUE}.")
    private String kafka = "";

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            defaultValue = "${env:PRISM_S3_ENDPOINT:-}",
            description = "The S3 that Prism stores claims in, PRISM_S3_ENDPOINT.")
    private String s3Endpoint = "";

    @Option(
            names = "--s3-access-key",
            paramLabel = "KEY",
            defaultValue = "${env:PRISM_S3_ACCESS_KEY:-}",
            showDefaultValue = Visibility.NEVER,
            description = "PRISM_S3_ACCESS_KEY.")
    private String s3AccessKey = "";

    @Option(
            names = "--s3-secret-key",
            paramLabel = "KEY",
            defaultValue = "${env:PRISM_S3_SECRET_KEY:-}",
            showDefaultValue = Visibility.NEVER,
            description = "PRISM_S3_SECRET_KEY; the environment keeps it out of process lists.")
    private String s3SecretKey = "";

    @Option(
            names = "--postgres-url",
            paramLabel = "URL",
            defaultValue = "${env:PRISM_POSTGRES_URL:-}",
            showDefaultValue = Visibility.NEVER,
            description = "The database of outboxes and rows, PRISM_POSTGRES_URL.")
    private String postgresUrl = "";

    @Option(
            names = "--connect-url",
            paramLabel = "URL",
            defaultValue = "${env:PRISM_CONNECT_URL:-}",
            description = "The Kafka Connect that reads it, PRISM_CONNECT_URL.")
    private String connectUrl = "";

    @Option(
            names = "--redis-url",
            paramLabel = "URL",
            defaultValue = "${env:PRISM_REDIS_URL:-}",
            showDefaultValue = Visibility.NEVER,
            description = "The Redis that Prism caches in, PRISM_REDIS_URL.")
    private String redisUrl = "";

    @Option(
            names = "--allow-remote",
            description = "Put load on targets that are not on this machine.")
    private boolean allowRemote;

    boolean allowRemote() {
        return allowRemote;
    }

    /**
     * @throws BenchException naming the option that is wrong
     */
    Targets targets() {
        return new Targets(
                Targets.Address.parse("--grpc", grpc),
                Targets.Address.parse("--admin", admin),
                kafka,
                s3(),
                database(),
                redis());
    }

    private Optional<RedisConfig.Server> redis() {
        if (redisUrl.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(RedisUrl.parse(redisUrl).server(Optional.empty(), Optional.empty()));
        } catch (IllegalArgumentException e) {
            throw new BenchException("--redis-url is not valid: " + e.getMessage(), e);
        }
    }

    private Optional<Targets.Database> database() {
        if (postgresUrl.isEmpty() || connectUrl.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Targets.Database(
                            DatabaseUrl.parse(postgresUrl)
                                    .server(Optional.empty(), Optional.empty()),
                            URI.create(connectUrl.endsWith("/") ? connectUrl : connectUrl + "/")));
        } catch (IllegalArgumentException e) {
            throw new BenchException(
                    "--postgres-url or --connect-url is not valid: " + e.getMessage(), e);
        }
    }

    private Optional<Targets.S3> s3() {
        if (s3Endpoint.isEmpty()) {
            return Optional.empty();
        }
        if (s3AccessKey.isEmpty() || s3SecretKey.isEmpty()) {
            throw new BenchException(
                    "--s3-endpoint needs --s3-access-key and --s3-secret-key beside it");
        }
        try {
            return Optional.of(new Targets.S3(URI.create(s3Endpoint), s3AccessKey, s3SecretKey));
        } catch (IllegalArgumentException e) {
            throw new BenchException("--s3-endpoint is not a URL: " + s3Endpoint, e);
        }
    }
}
