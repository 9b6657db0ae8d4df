package io.prism.standalone.config;

import static io.prism.standalone.config.ConfigOption.optional;
import static io.prism.standalone.config.ConfigOption.withDefault;

import io.prism.connectors.debezium.ConnectorSettings;
import io.prism.core.spec.DataSize;
import io.prism.streams.role.ConnectorsConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The options of the role {@code connectors}. */
final class ConnectOptions {
    private static final ConfigOption<URI> URL =
            optional(
                    "connect.url",
                    ValueType.HTTP_URL,
                    "REST API of the Connect cluster that runs Debezium; without it, no connectors"
                            + " are made.");
    private static final ConfigOption<String> USER =
            optional(
                    "connect.database-user",
                    ValueType.TEXT,
                    "What connectors are told instead of a database's user, for Connect's config"
                            + " providers: ${file:/etc/connect/db.properties:{database}.user}."
                            + " {database} stands for its name.");
    private static final ConfigOption<String> PASSWORD =
            optional(
                    "connect.database-password",
                    ValueType.TEXT,
                    "Likewise for the password. Without it, the password itself is in the"
                            + " connector's configuration, which Connect shows to everybody who may"
                            + " ask.");
    private static final ConfigOption<String> CACHE_USER =
            optional(
                    "connect.redis-user",
                    ValueType.TEXT,
                    "Likewise for the user of a Redis whose keys changes invalidate; {redis} stands"
                            + " for its name.");
    private static final ConfigOption<String> CACHE_PASSWORD =
            optional("connect.redis-password", ValueType.TEXT, "Likewise for its password.");
    private static final ConfigOption<Duration> POLL_INTERVAL =
            withDefault(
                    "connect.poll-interval",
                    ValueType.DURATION,
                    "10ms",
                    "How long Debezium waits for more rows before it hands on what it has.");
    private static final ConfigOption<Duration> HEARTBEAT_INTERVAL =
            withDefault(
                    "connect.heartbeat-interval",
                    ValueType.DURATION,
                    "10s",
                    "How often the position of an idle database is moved on.");
    private static final ConfigOption<DataSize> SLOT_BUDGET =
            withDefault(
                    "connect.slot-budget",
                    ValueType.DATA_SIZE,
                    "1GiB",
                    "How much of its log a database may keep for Prism before it is said.");

    /** In the order of the documentation. */
    static final List<ConfigOption<?>> TABLE =
            List.of(
                    URL,
                    USER,
                    PASSWORD,
                    CACHE_USER,
                    CACHE_PASSWORD,
                    POLL_INTERVAL,
                    HEARTBEAT_INTERVAL,
                    SLOT_BUDGET);

    private ConnectOptions() {}

    static ConnectorsConfig toConfig(Settings settings) {
        return new ConnectorsConfig(
                settings.find(URL),
                new ConnectorSettings(
                        settings.get(POLL_INTERVAL),
                        settings.get(HEARTBEAT_INTERVAL),
                        settings.find(USER),
                        settings.find(PASSWORD),
                        settings.find(CACHE_USER),
                        settings.find(CACHE_PASSWORD)),
                settings.get(SLOT_BUDGET).bytes(),
                RedisOptions.redis(settings));
    }
}
