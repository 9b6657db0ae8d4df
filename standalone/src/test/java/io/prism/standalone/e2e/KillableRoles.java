package io.prism.standalone.e2e;

import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.Servers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A gateway and a streams process, and a Connect worker if wanted, over servers that stay. A
 * process that is killed is started again on the same ports and folders. Used by one thread.
 */
final class KillableRoles implements AutoCloseable {
    /** To start fast and to be small, on a machine that they share with everything else. */
    private static final List<String> JVM =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    /** Below the ports that systems hand out: none may take one while its process is away. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 30_000;

    private final Servers servers;
    private final Path folder;
    private final int grpcPort;
    private final int adminPort;
    private final int gatewayHttp;
    private final int streamsHttp;
    private final int connectPort;
    private final Map<String, String> gatewayEnvironment;
    private final Map<String, String> streamsEnvironment;
    private final Map<Role, PrismProcess> processes = new EnumMap<>(Role.class);
    private int starts;

    /** What runs as a process of its own. */
    enum Role {
        GATEWAY,
        STREAMS,
        CONNECT
    }

    /** Starts gateway and streams, and does not wait for them. */
    KillableRoles(Servers servers, Path folder, Map<String, String> gatewayOptions) {
        this(servers, folder, Map.of(), gatewayOptions, EnumSet.of(Role.GATEWAY, Role.STREAMS));
    }

    /**
     * Starts all three, and does not wait for them.
     *
     * @param options of gateway and streams
     */
    static KillableRoles withConnect(
            Servers servers,
            Path folder,
            Map<String, String> options,
            Map<String, String> gatewayOptions) {
        return new KillableRoles(
                servers, folder, options, gatewayOptions, EnumSet.allOf(Role.class));
    }

    private KillableRoles(
            Servers servers,
            Path folder,
            Map<String, String> options,
            Map<String, String> gatewayOptions,
            Set<Role> roles) {
        this.servers = servers;
        this.folder = folder;
        List<Integer> ports = ports(5);
        grpcPort = ports.get(0);
        adminPort = ports.get(1);
        gatewayHttp = ports.get(2);
        streamsHttp = ports.get(3);
        connectPort = ports.get(4);
        gatewayEnvironment = PrismProcess.environment(servers);
        gatewayEnvironment.putAll(options);
        gatewayEnvironment.put("PRISM_GRPC_PORT", Integer.toString(grpcPort));
        gatewayEnvironment.put("PRISM_ADMIN_PORT", Integer.toString(adminPort));
        gatewayEnvironment.put("PRISM_HTTP_PORT", Integer.toString(gatewayHttp));
        gatewayEnvironment.putAll(gatewayOptions);
        streamsEnvironment = PrismProcess.environment(servers);
        streamsEnvironment.putAll(options);
        streamsEnvironment.put("PRISM_HTTP_PORT", Integer.toString(streamsHttp));
        streamsEnvironment.put("PRISM_STATE_FOLDER", folder.resolve("state").toString());
        if (roles.contains(Role.CONNECT)) {
            streamsEnvironment.put("PRISM_CONNECT_URL", connectUrl());
        }
        start(roles);
    }

    /** Of this machine, in random order; nobody else takes them. */
    static List<Integer> ports(int count) {
        List<Integer> all =
                new ArrayList<>(IntStream.range(FIRST_PORT, LAST_PORT).boxed().toList());
        Collections.shuffle(all, new Random());
        return all.stream().filter(ServerPorts::isFree).limit(count).toList();
    }

    private String connectUrl() {
        return "http://127.0.0.1:" + connectPort;
    }

    private PrismProcess started(Role role) {
        Path output =
                folder.resolve(role.name().toLowerCase(Locale.ROOT) + "-" + starts++ + ".log");
        return switch (role) {
            case GATEWAY -> PrismProcess.startGateway(JVM, gatewayEnvironment, output);
            case STREAMS -> PrismProcess.startStreams(JVM, streamsEnvironment, output);
            case CONNECT ->
                    PrismProcess.startConnect(JVM, servers.kafkaBootstrap(), connectPort, output);
        };
    }

    private PrismProcess process(Role role) {
        return Objects.requireNonNull(processes.get(role));
    }

    TestClient client() {
        return new TestClient(grpcPort, adminPort);
    }

    void awaitReady(Role role) {
        switch (role) {
            case GATEWAY -> process(role).awaitReady(gatewayHttp);
            case STREAMS -> process(role).awaitReady(streamsHttp);
            case CONNECT -> process(role).awaitAnswer(connectUrl() + "/connectors");
        }
    }

    /** kill -9. Fails if a process has ended by itself. */
    void kill(Set<Role> roles) {
        roles.forEach(role -> process(role).requireAlive());
        roles.forEach(role -> process(role).kill());
    }

    /** Another start of what was killed; does not wait. */
    void start(Set<Role> roles) {
        roles.forEach(role -> processes.put(role, started(role)));
    }

    /** SIGTERM; the process's exit code. */
    int stop(Role role) {
        process(role).terminate();
        return process(role).exitCode();
    }

    void requireAlive(Role role) {
        process(role).requireAlive();
    }

    @Override
    public void close() {
        processes.values().forEach(PrismProcess::close);
    }
}
