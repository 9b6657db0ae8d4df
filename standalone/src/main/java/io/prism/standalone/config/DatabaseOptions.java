package io.prism.standalone.config;

import static io.prism.standalone.config.ConfigOption.NAME;
import static io.prism.standalone.config.ConfigOption.optional;

import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.DatabaseUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where databases are, for every role that deals with them. */
public final class DatabaseOptions {
    public static final ConfigOption<DatabaseUrl> POSTGRES_URL =
            optional(
                    "postgres.url",
                    ValueType.DATABASE_URL,
                    "The database that namespaces call `postgres`, such as"
                            + " `postgresql://user:password@host:5432/database`; the same as"
                            + " `databases.postgres`, over which it wins.");
    public static final ConfigOption<DatabaseUrl> URL =
            optional(
                    "databases." + NAME + ".url",
                    ValueType.DATABASE_URL,
                    "The database that namespaces call by this name, which the file must have;"
                            + " user and password may be in front of the host.");
    public static final ConfigOption<String> USER =
            optional("databases." + NAME + ".user", ValueType.TEXT, "Wins over the URL's.");
    public static final ConfigOption<String> PASSWORD =
            optional("databases." + NAME + ".password", ValueType.TEXT, "Wins over the URL's.");

    private static final List<ConfigOption<?>> NAMED = List.of(URL, USER, PASSWORD);

    private DatabaseOptions() {}

    /** What is wrong although each option for itself is valid. */
    static List<Problem> problems(Settings settings) {
        var problems = new ArrayList<Problem>();
        for (String name : settings.names(NAMED)) {
            boolean there =
                    settings.find(URL.of(name)).isPresent()
                            || name.equals(DatabaseConfig.DEFAULT)
                                    && settings.find(POSTGRES_URL).isPresent();
            if (!there) {
                problems.add(
                        new Problem(
                                URL.of(name).key(),
                                "is missing or not valid, and database "
                                        + name
                                        + " cannot be reached without"));
            }
        }
        return problems;
    }

    static DatabaseConfig databases(Settings settings) {
        Map<String, Server> servers = new TreeMap<>();
        for (String name : settings.names(NAMED)) {
            settings.find(URL.of(name))
                    .ifPresent(
                            url ->
                                    servers.put(
                                            name,
                                            url.server(
                                                    settings.find(USER.of(name)),
                                                    settings.find(PASSWORD.of(name)))));
        }
        String name = DatabaseConfig.DEFAULT;
        settings.find(POSTGRES_URL)
                .ifPresent(
                        url ->
                                servers.put(
                                        name,
                                        url.server(
                                                url.user().or(() -> settings.find(USER.of(name))),
                                                url.password()
                                                        .or(
                                                                () ->
                                                                        settings.find(
                                                                                PASSWORD.of(
                                                                                        name))))));
        return new DatabaseConfig(servers, false, DatabaseConfig.POOL_SIZE);
    }
}
