package io.prism.connectors.debezium;

import java.time.Duration;
import java.util.Optional;

/**
 * What an operator may choose about connectors.
 *
 * @param poll how long Debezium waits for more before it hands on what it has; shorter costs CPU
 *     while idle, longer costs latency
 * @param heartbeat how often an idle database's position is moved on
 * @param user instead of the user's name in a connector's configuration, such as {@code
 *     ${file:/etc/connect/databases.properties:{database}.user}} for one of Connect's config
 *     providers; <code>{database}</code> stands for the database. Empty: the name itself
 * @param password likewise. Empty: the password itself, which everybody who may read the
 *     connector's configuration sees
 * @param cacheUser instead of a Redis' user; <code>{redis}</code> stands for its name
 * @param cachePassword likewise for its password
 */
public record ConnectorSettings(
        Duration poll,
        Duration heartbeat,
        Optional<String> user,
        Optional<String> password,
        Optional<String> cacheUser,
        Optional<String> cachePassword) {
    public static final ConnectorSettings DEFAULT =
            new ConnectorSettings(
                    Duration.ofMillis(10),
                    Duration.ofSeconds(10),
                    Optional.empty(),
                    Optional.empty());

    /** With what Redis asks for as it is. */
    public ConnectorSettings(
            Duration poll, Duration heartbeat, Optional<String> user, Optional<String> password) {
        this(poll, heartbeat, user, password, Optional.empty(), Optional.empty());
    }
}
