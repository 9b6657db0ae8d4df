package io.prism.standalone.cli.client.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which Prism a command talks to. */
public final class ServerOptions {
    static final String DEFAULT_GRPC = "localhost:8980";
    static final String DEFAULT_ADMIN = "localhost:8981";

    @Option(
            names = "--grpc",
            paramLabel = "HOST:PORT",
            description =
                    "Data plane. Default: $PRISM_GRPC, then the running `prism up`, then "
                            + DEFAULT_GRPC
                            + ".")
    private @Nullable String grpc;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            description =
                    "Admin API. Default: $PRISM_ADMIN, then the running `prism up`, then "
                            + DEFAULT_ADMIN
                            + ".")
    private @Nullable String admin;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Data folder of the `prism up` to talk to. Default: $PRISM_DATA, else .prism"
                            + " in the project's folder.")
    private @Nullable Path data;

    private final Map<String, String> variables;

    public ServerOptions() {
        this(System.getenv());
    }

    /**
     * @param variables in place of the process's environment
     */
    public ServerOptions(Map<String, String> variables) {
        this.variables = variables;
    }

    /** What is known about the Prism these options name. */
    public PrismEnv env() {
        Path folder = data;
        if (folder == null) {
            String named = variables.getOrDefault("PRISM_DATA", "");
            // The launcher script says where the project is; without it, here.
            folder =
                    named.isBlank()
                            ? Path.of(System.getProperty("prism.root", ""), ".prism")
                            : Path.of(named);
        }
        return PrismEnv.of(variables, folder);
    }

    /** A connection to the data plane; nothing is sent yet. */
    public Connection dataPlane() {
        return Connection.to(grpcAddress());
    }

    /** A connection to the admin API; nothing is sent yet. */
    public Connection adminApi() {
        String address = admin != null ? admin : env().get("PRISM_ADMIN").orElse(DEFAULT_ADMIN);
        return Connection.to(address);
    }

    private String grpcAddress() {
        return grpc != null ? grpc : env().get("PRISM_GRPC").orElse(DEFAULT_GRPC);
    }

    /** How long a call that only asks or changes something small may take. */
    public static Duration callTimeout() {
        return Duration.ofSeconds(60);
    }
}
