package io.prism.standalone.config;

import static io.prism.standalone.config.ConfigOption.optional;
import static io.prism.standalone.config.ConfigOption.required;
import static io.prism.standalone.config.ConfigOption.withDefault;

import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.DataSize;
import io.prism.gateway.GatewayConfig;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of {@code prism gateway}. */
public final class GatewayOptions {
    public static final ConfigOption<String> HOST =
            withDefault(
                    "host",
                    ValueType.TEXT,
                    "127.0.0.1",
                    "The address all three ports listen on; 0.0.0.0 for every one of this"
                            + " machine.");
    public static final ConfigOption<String> ADVERTISED_HOST =
            optional(
                    "advertised.host",
                    ValueType.TEXT,
                    "Where other gateways reach this one; without it, host, or this machine's name"
                            + " where host is 0.0.0.0.");
    public static final ConfigOption<Integer> GRPC_PORT =
            withDefault("grpc.port", ValueType.PORT, "8980", "Data plane.");
    public static final ConfigOption<Integer> ADMIN_PORT =
            withDefault("admin.port", ValueType.PORT, "8981", "Admin API.");
    public static final ConfigOption<Integer> HTTP_PORT =
            withDefault("http.port", ValueType.PORT, "8982", "Metrics and health.");
    public static final ConfigOption<String> KAFKA_BOOTSTRAP =
            required("kafka.bootstrap", ValueType.BROKERS, "The Kafka cluster to write to.");
    public static final ConfigOption<URI> S3_ENDPOINT =
            optional(
                    "s3.endpoint",
                    ValueType.HTTP_URL,
                    "Object storage for claims; without it, AWS itself.");
    public static final ConfigOption<String> S3_REGION =
            withDefault("s3.region", ValueType.TEXT, "us-east-1", "Region of the object storage.");
    public static final ConfigOption<String> S3_ACCESS_KEY =
            optional(
                    "s3.access-key",
                    ValueType.TEXT,
                    "Without it, the AWS SDK's own chain: environment, profile, instance role.");
    public static final ConfigOption<String> S3_SECRET_KEY =
            optional("s3.secret-key", ValueType.TEXT, "Belongs to the access key.");
    public static final ConfigOption<Boolean> S3_PATH_STYLE =
            withDefault(
                    "s3.path-style",
                    ValueType.BOOLEAN,
                    "true",
                    "Bucket in the path (most S3 servers) rather than in the host name (AWS).");
    public static final ConfigOption<String> S3_BUCKET =
            withDefault(
                    "s3.bucket",
                    ValueType.TEXT,
                    "prism-claims",
                    "Where claims of a namespace go that names no bucket.");
    public static final ConfigOption<DataSize> S3_PART_SIZE =
            withDefault(
                    "s3.part-size",
                    ValueType.DATA_SIZE,
                    "8MiB",
                    "Size of a part of a multipart upload, at least 5MiB.");
    public static final ConfigOption<DataSize> S3_MEMORY =
            withDefault(
                    "s3.memory",
                    ValueType.DATA_SIZE,
                    "64MiB",
                    "Memory for parts in flight, shared by all uploads; at least two parts.");
    public static final ConfigOption<Duration> S3_TIMEOUT =
            withDefault(
                    "s3.timeout",
                    ValueType.DURATION,
                    "4s",
                    "How long one attempt at a request to object storage may take; a transfer gets"
                            + " a second more for each 512 KiB. Up to three attempts get twice as"
                            + " long together; then the call fails with STORAGE_UNAVAILABLE.");
    public static final ConfigOption<Duration> DRAIN_TIMEOUT =
            withDefault(
                    "drain.timeout",
                    ValueType.DURATION,
                    "8s",
                    "How long calls in flight may take to finish when the gateway stops.");
    public static final ConfigOption<Duration> PUBLISH_TIMEOUT =
            withDefault(
                    "publish.timeout",
                    ValueType.DURATION,
                    "30s",
                    "How long a publish may wait for Kafka, or its database, before it fails with"
                            + " UNAVAILABLE.");
    public static final ConfigOption<Duration> DEDUPLICATION_WINDOW =
            withDefault(
                    "deduplication.window",
                    ValueType.DURATION,
                    "5m",
                    "How long a client's message_id is remembered.");
    public static final ConfigOption<Duration> EXPIRY_INTERVAL =
            withDefault(
                    "expiry.interval",
                    ValueType.DURATION,
                    "15s",
                    "How often claims are checked for their ttl.");
    public static final ConfigOption<Duration> SWEEP_INTERVAL =
            withDefault(
                    "sweep.interval",
                    ValueType.DURATION,
                    "1h",
                    "How often claims are checked for their records: what was uploaded and never"
                            + " published is deleted.");
    public static final ConfigOption<String> LOG_LEVEL =
            withDefault(
                    "log.level",
                    ValueType.LEVEL,
                    "INFO",
                    "Of Prism's own log, JSON lines on stdout.");

    /** In the order of the documentation. */
    public static final List<ConfigOption<?>> TABLE =
            List.of(
                    HOST,
                    ADVERTISED_HOST,
                    GRPC_PORT,
                    ADMIN_PORT,
                    HTTP_PORT,
                    KAFKA_BOOTSTRAP,
                    S3_ENDPOINT,
                    S3_REGION,
                    S3_ACCESS_KEY,
                    S3_SECRET_KEY,
                    S3_PATH_STYLE,
                    S3_BUCKET,
                    S3_PART_SIZE,
                    S3_MEMORY,
                    S3_TIMEOUT,
                    DatabaseOptions.POSTGRES_URL,
                    DatabaseOptions.URL,
                    DatabaseOptions.USER,
                    DatabaseOptions.PASSWORD,
                    RedisOptions.URL,
                    RedisOptions.TIMEOUT,
                    DRAIN_TIMEOUT,
                    PUBLISH_TIMEOUT,
                    DEDUPLICATION_WINDOW,
                    EXPIRY_INTERVAL,
                    SWEEP_INTERVAL,
                    LOG_LEVEL);

    private static final DataSize SMALLEST_PART = DataSize.ofMebibytes(5);

    private GatewayOptions() {}

    /** Reads file and environment, or says everything that is wrong with them. */
    public static Settings read(Optional<Path> file, Map<String, String> environment) {
        return new SettingsReader(TABLE, GatewayOptions::problems).read(file, environment);
    }

    private static List<Problem> problems(Settings settings) {
        var problems = new ArrayList<>(storageProblems(settings));
        problems.addAll(DatabaseOptions.problems(settings));
        return problems;
    }

    /** What is wrong about the object storage although each option for itself is valid. */
    static List<Problem> storageProblems(Settings settings) {
        var problems = new ArrayList<Problem>();
        if (settings.find(S3_ACCESS_KEY).isPresent() != settings.find(S3_SECRET_KEY).isPresent()) {
            problems.add(
                    new Problem(
                            S3_ACCESS_KEY.key() + ", " + S3_SECRET_KEY.key(),
                            "belong together: give both, or neither"));
        }
        Optional<DataSize> part = settings.find(S3_PART_SIZE);
        Optional<DataSize> memory = settings.find(S3_MEMORY);
        if (part.isPresent() && part.get().compareTo(SMALLEST_PART) < 0) {
            problems.add(
                    new Problem(
                            S3_PART_SIZE.key(),
                            "is less than " + SMALLEST_PART + ", which is the least S3 takes"));
        }
        if (part.isPresent()
                && memory.isPresent()
                && memory.get().bytes() < 2 * part.get().bytes()) {
            problems.add(new Problem(S3_MEMORY.key(), "is less than two parts of " + part.get()));
        }
        return problems;
    }

    /** Object storage as every role takes it. */
    static ClaimStoreConfig claims(Settings settings) {
        return new ClaimStoreConfig(
                settings.find(S3_ENDPOINT),
                settings.get(S3_REGION),
                settings.find(S3_ACCESS_KEY),
                settings.find(S3_SECRET_KEY),
                settings.get(S3_PATH_STYLE),
                settings.get(S3_BUCKET),
                settings.get(S3_PART_SIZE),
                settings.get(S3_MEMORY),
                settings.get(S3_TIMEOUT));
    }

    /** What the gateway itself takes. */
    public static GatewayConfig toConfig(Settings settings) {
        return new GatewayConfig(
                settings.get(HOST),
                settings.find(ADVERTISED_HOST).orElseGet(() -> advertised(settings.get(HOST))),
                settings.get(GRPC_PORT),
                settings.get(ADMIN_PORT),
                settings.get(HTTP_PORT),
                settings.get(KAFKA_BOOTSTRAP),
                claims(settings),
                DatabaseOptions.databases(settings),
                RedisOptions.redis(settings),
                false,
                settings.get(DRAIN_TIMEOUT),
                settings.get(PUBLISH_TIMEOUT),
                settings.get(DEDUPLICATION_WINDOW),
                settings.get(EXPIRY_INTERVAL),
                settings.get(SWEEP_INTERVAL));
    }

    private static String advertised(String host) {
        if (!host.equals("0.0.0.0")) {
            return host;
        }
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "this machine's own address is not known; set " + ADVERTISED_HOST.key(),
                    e);
        }
    }
}
