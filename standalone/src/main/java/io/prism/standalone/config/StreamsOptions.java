package io.prism.standalone.config;

import static io.prism.standalone.config.ConfigOption.required;
import static io.prism.standalone.config.ConfigOption.withDefault;

import io.prism.streams.StreamsApps;
import io.prism.streams.StreamsAppsConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of {@code prism streams}. */
public final class StreamsOptions {
    public static final ConfigOption<String> HOST =
            withDefault(
                    "host",
                    ValueType.TEXT,
                    "127.0.0.1",
                    "The address the HTTP port listens on; 0.0.0.0 for every one of this machine.");
    public static final ConfigOption<Integer> HTTP_PORT =
            withDefault("http.port", ValueType.PORT, "8983", "Metrics and health.");
    public static final ConfigOption<String> KAFKA_BOOTSTRAP =
            required("kafka.bootstrap", ValueType.BROKERS, "The gateways' Kafka cluster.");
    public static final ConfigOption<List<String>> ROLES =
            withDefault(
                    "roles",
                    ValueType.someOf(StreamsApps.roleNames()),
                    String.join(",", StreamsApps.roleNames()),
                    "What this process runs.");
    public static final ConfigOption<Path> STATE_FOLDER =
            withDefault(
                    "state.folder",
                    ValueType.FOLDER,
                    "prism-streams",
                    "Local stores, and the process's name in Kafka's groups; each process needs its"
                            + " own. Losing it costs time, nothing else.");

    /** In the order of the documentation. */
    public static final List<ConfigOption<?>> TABLE = table();

    private static List<ConfigOption<?>> table() {
        List<ConfigOption<?>> table =
                new ArrayList<>(
                        List.of(
                                HOST,
                                HTTP_PORT,
                                KAFKA_BOOTSTRAP,
                                ROLES,
                                STATE_FOLDER,
                                GatewayOptions.S3_ENDPOINT,
                                GatewayOptions.S3_REGION,
                                GatewayOptions.S3_ACCESS_KEY,
                                GatewayOptions.S3_SECRET_KEY,
                                GatewayOptions.S3_PATH_STYLE,
                                GatewayOptions.S3_BUCKET,
                                GatewayOptions.S3_PART_SIZE,
                                GatewayOptions.S3_MEMORY,
                                GatewayOptions.S3_TIMEOUT,
                                DatabaseOptions.POSTGRES_URL,
                                DatabaseOptions.URL,
                                DatabaseOptions.USER,
                                DatabaseOptions.PASSWORD,
                                RedisOptions.URL,
                                RedisOptions.TIMEOUT));
        table.addAll(ConnectOptions.TABLE);
        table.add(GatewayOptions.LOG_LEVEL);
        return List.copyOf(table);
    }

    private StreamsOptions() {}

    /** Reads file and environment, or says everything that is wrong with them. */
    public static Settings read(Optional<Path> file, Map<String, String> environment) {
        return new SettingsReader(TABLE, StreamsOptions::problems).read(file, environment);
    }

    private static List<Problem> problems(Settings settings) {
        var problems = new ArrayList<>(GatewayOptions.storageProblems(settings));
        problems.addAll(DatabaseOptions.problems(settings));
        return problems;
    }

    /** What the process itself takes. */
    public static StreamsAppsConfig toConfig(Settings settings) {
        return new StreamsAppsConfig(
                settings.get(HOST),
                settings.get(HTTP_PORT),
                settings.get(KAFKA_BOOTSTRAP),
                GatewayOptions.claims(settings),
                DatabaseOptions.databases(settings),
                ConnectOptions.toConfig(settings),
                settings.get(ROLES),
                settings.get(STATE_FOLDER));
    }
}
