package io.prism.core.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Pools of connections, one a database, opened when first needed. Thread-safe. */
public final class Databases implements AutoCloseable {
    private static final long CONNECT_MILLIS = TimeUnit.SECONDS.toMillis(5);
    private static final long SOCKET_SECONDS_BEYOND = 5;
    private static final String DUPLICATE_DATABASE = "42P04";

    private final DatabaseConfig config;
    private final String application;
    private final Optional<Duration> statementTimeout;
    private final String session;
    private final Map<String, HikariDataSource> pools = new ConcurrentHashMap<>();

    /**
     * @param application shows in {@code pg_stat_activity}
     */
    public Databases(DatabaseConfig config, String application) {
        this(config, application, Optional.empty());
    }

    /**
     * @param statementTimeout the longest a statement runs; the server ends it, also when this
     *     process is gone or cannot be reached
     */
    public Databases(
            DatabaseConfig config, String application, Optional<Duration> statementTimeout) {
        this(config, application, statementTimeout, "");
    }

    /**
     * @param session statements that prepare each connection, such as {@code SET TimeZone = 'UTC'}
     */
    public Databases(
            DatabaseConfig config,
            String application,
            Optional<Duration> statementTimeout,
            String session) {
        this.config = config;
        this.application = application;
        this.statementTimeout = statementTimeout;
        this.session = session;
    }

    /** Whether there is, or can be, a database of this name. */
    public boolean knows(String name) {
        return config.servers().containsKey(name)
                || (config.embedded() && config.servers().containsKey(DatabaseConfig.DEFAULT));
    }

    /** Those that are configured. Where PostgreSQL is embedded there can be others. */
    public Set<String> names() {
        return config.servers().keySet();
    }

    /**
     * The pool of a database. Blocks the first time if the database is embedded and must be made.
     *
     * @throws PrismException DATABASE_UNKNOWN, or why it cannot be made
     */
    public DataSource get(String name) {
        DataSource known = pools.get(name);
        if (known != null) {
            return known;
        }
        Server server = server(name);
        if (!config.servers().containsKey(name)) {
            create(name);
        }
        return pools.computeIfAbsent(name, made -> open(made, server));
    }

    /**
     * A connection from the pool, in auto-commit; blocks.
     *
     * @throws PrismException DATABASE_UNKNOWN, DATABASE_UNAVAILABLE or DATABASE_REFUSED
     */
    public Connection connect(String name) {
        DataSource pool = get(name);
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            throw SqlErrors.of(e, "connecting to database " + name);
        }
    }

    /**
     * Where a database is and how to sign in.
     *
     * @throws PrismException DATABASE_UNKNOWN
     */
    public Server server(String name) {
        Server known = config.servers().get(name);
        if (known != null) {
            return known;
        }
        if (!knows(name)) {
            throw new PrismException(
                            ErrorCode.DATABASE_UNKNOWN,
                            "database "
                                    + name
                                    + " is not configured here: name it under `databases` in this"
                                    + " process's configuration, or use one of "
                                    + new TreeSet<>(config.servers().keySet()))
                    .with("database", name);
        }
        Server host = server(DatabaseConfig.DEFAULT);
        return new Server(
                host.url().replaceFirst("(?<=[^/])/[^/?]+", "/" + name),
                host.user(),
                host.password());
    }

    private HikariDataSource open(String name, Server server) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setJdbcUrl("jdbc:" + server.url());
        pool.setUsername(server.user());
        pool.setPassword(server.password());
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(CONNECT_MILLIS);
        pool.setInitializationFailTimeout(-1);
        // Or the pool asks its first connection, and if that breaks meanwhile, refuses every other
        // one for ever (HikariCP issue 1944).
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        pool.addDataSourceProperty("ApplicationName", application);
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        String preparing =
                statementTimeout
                                .map(t -> "SET statement_timeout = " + t.toMillis() + "; ")
                                .orElse("")
                        + session;
        if (!preparing.isEmpty()) {
            pool.setConnectionInitSql(preparing);
        }
        statementTimeout.ifPresent(
                timeout -> {
                    // The server answers by then, or is not there any more.
                    pool.addDataSourceProperty(
                            "socketTimeout",
                            Long.toString(timeout.toSeconds() + SOCKET_SECONDS_BEYOND));
                });
        return new HikariDataSource(pool);
    }

    private void create(String name) {
        try (Connection connection = connect(DatabaseConfig.DEFAULT)) {
            try (PreparedStatement exists =
                    connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
                exists.setString(1, name);
                try (ResultSet found = exists.executeQuery()) {
                    if (found.next()) {
                        return;
                    }
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + '"');
            }
        } catch (SQLException e) {
            if (!DUPLICATE_DATABASE.equals(e.getSQLState())) {
                throw SqlErrors.of(e, "making database " + name);
            }
        }
    }

    @Override
    public void close() {
        pools.values().forEach(HikariDataSource::close);
    }
}
