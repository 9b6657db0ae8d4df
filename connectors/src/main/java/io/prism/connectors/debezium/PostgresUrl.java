package io.prism.connectors.debezium;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of {@code postgresql://host:port/database?sslmode=…}. */
record PostgresUrl(String host, int port, String database, Optional<String> sslMode) {
    private static final int PORT = 5432;
    private static final String SSL_MODE = "sslmode=";

    /**
     * @throws PrismException CONFIGURATION_INVALID
     */
    static PostgresUrl parse(String url) {
        try {
            URI uri = URI.create(url);
            String path = uri.getPath();
            if (uri.getHost() != null && path != null && path.length() > 1) {
                return new PostgresUrl(
                        uri.getHost(),
                        uri.getPort() < 0 ? PORT : uri.getPort(),
                        path.substring(1),
                        Optional.ofNullable(uri.getQuery()).flatMap(PostgresUrl::sslMode));
            }
        } catch (IllegalArgumentException e) {
            throw refused(url, e);
        }
        throw refused(url, null);
    }

    private static Optional<String> sslMode(String query) {
        return Arrays.stream(query.split("&", -1))
                .filter(option -> option.startsWith(SSL_MODE))
                .map(option -> option.substring(SSL_MODE.length()))
                .findFirst();
    }

    private static PrismException refused(String url, @Nullable Throwable cause) {
        return new PrismException(
                ErrorCode.CONFIGURATION_INVALID,
                "Debezium needs one host and a database, postgresql://host:port/database, not "
                        + url,
                cause);
    }
}
