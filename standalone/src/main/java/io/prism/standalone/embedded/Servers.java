package io.prism.standalone.embedded;

import java.net.URI;

/**
 * The servers Prism stands on, wherever they run. Every address can be used as soon as an instance
 * exists, until it is closed. Thread-safe.
 */
public interface Servers extends AutoCloseable {
    /** {@code host:port}. */
    String kafkaBootstrap();

    /**
     * As libpq and most drivers read it: {@code postgresql://user:password@host:port/database}. The
     * user may create tables and replication slots.
     */
    String postgresUrl();

    /** {@code redis://host:port}. */
    String redisUrl();

    /** Path-style addressing; any region. */
    URI s3Endpoint();

    String s3AccessKey();

    String s3SecretKey();

    /** The same database for JDBC: {@code jdbc:postgresql://host:port/database?user=…}. */
    default String postgresJdbcUrl() {
        URI url = URI.create(postgresUrl());
        String[] user = url.getUserInfo().split(":", 2);
        return "jdbc:postgresql://%s:%d%s?user=%s&password=%s"
                .formatted(url.getHost(), url.getPort(), url.getPath(), user[0], user[1]);
    }

    /** Stops the servers, or lets go of them where they are not ours. Idempotent; blocks. */
    @Override
    void close();
}
