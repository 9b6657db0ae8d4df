package io.prism.bench;

import io.prism.core.cache.RedisConfig;
import io.prism.core.database.DatabaseConfig.Server;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where Prism and what it stands on can be reached.
 *
 * @param kafka bootstrap servers
 * @param s3 absent where no scenario needs it
 * @param database absent where no scenario needs it
 * @param redis absent where no scenario needs it
 */
record Targets(
        Address grpc,
        Address admin,
        String kafka,
        Optional<S3> s3,
        Optional<Database> database,
        Optional<RedisConfig.Server> redis) {

    /**
     * @param connect a Connect worker's REST interface, with a slash at its end
     */
    record Database(Server server, URI connect) {
        /** A connection of its own, in auto-commit; blocks. */
        Connection open() throws SQLException {
            return DriverManager.getConnection(
                    "jdbc:" + server.url(), server.user(), server.password());
        }

        /** Without the password. */
        @Override
        public String toString() {
            return server.url() + ", " + connect;
        }
    }

    record S3(URI endpoint, String accessKey, String secretKey) {
        /** Without the secret. */
        @Override
        public String toString() {
            return endpoint.toString();
        }
    }

    record Address(String host, int port) {
        /**
         * Reads {@code host:port}.
         *
         * @param option named when the text is something else
         */
        static Address parse(String option, String text) {
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (colon > 0 && port > 0 && port <= 0xFFFF) {
                    return new Address(text.substring(0, colon), port);
                }
            } catch (NumberFormatException e) {
                throw new BenchException(notAnAddress(option, text), e);
            }
            throw new BenchException(notAnAddress(option, text));
        }

        private static String notAnAddress(String option, String text) {
            return option + " is '" + text + "'; expected host:port, such as 127.0.0.1:8980";
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** The addresses that are not on this machine, or whose name cannot be resolved. */
    List<String> remote() {
        List<String> hosts = new ArrayList<>(List.of(grpc.host(), admin.host()));
        for (String server : kafka.split(",", -1)) {
            hosts.add(Address.parse("--kafka", server.strip()).host());
        }
        s3.map(it -> host(it.endpoint())).ifPresent(hosts::add);
        database.ifPresent(
                it -> {
                    hosts.add(host(URI.create(it.server().url())));
                    hosts.add(host(it.connect()));
                });
        redis.map(it -> host(URI.create(it.url()))).ifPresent(hosts::add);
        return hosts.stream().distinct().filter(host -> !isLoopback(host)).toList();
    }

    private static String host(URI url) {
        return Optional.ofNullable(url.getHost()).orElse(url.toString());
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
