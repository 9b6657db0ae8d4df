package io.prism.core.database;

import java.util.Map;

/**
 * Where databases are.
 *
 * @param servers by the name that namespaces use, such as {@code postgres}
 * @param embedded true where PostgreSQL is embedded: a database that is not among the servers is
 *     then one of this name on the server {@link #DEFAULT}, made when it is needed
 * @param poolSize connections a process opens to one database at most
 */
public record DatabaseConfig(Map<String, Server> servers, boolean embedded, int poolSize) {
    /** The name a namespace need not give. */
    public static final String DEFAULT = "postgres";

    public static final int POOL_SIZE = 8;

    public DatabaseConfig {
        servers = Map.copyOf(servers);
    }

    /**
     * One database.
     *
     * @param url {@code postgresql://host:port/database}, without {@code jdbc:} and without
     *     credentials
     */
    public record Server(String url, String user, String password) {
        @Override
        public String toString() {
            return url + " as " + user;
        }
    }
}
