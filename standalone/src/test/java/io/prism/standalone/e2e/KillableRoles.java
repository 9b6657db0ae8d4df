package io.prism.standalone.e2e;

import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.Servers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A gateway and a streams process over servers that stay. A process that is killed is started again
 * at once, on the same ports and folders. Used by one thread.
 */
final class KillableRoles implements AutoCloseable {
    /** To start fast and to be small, on a machine that they share with everything else. */
    private static final List<String> JVM =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    /** Below the ports that systems hand out: none may take one while its process is away. */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 30_000;

    private final Path folder;
    private final int grpcPort;
    private final int adminPort;
    private final int gatewayHttp;
    private final int streamsHttp;
    private final Map<String, String> gatewayEnvironment;
    private final Map<String, String> streamsEnvironment;
    private int starts;
    private PrismProcess gateway;
    private PrismProcess streams;

    /** Which processes a kill hits. */
    enum Target {
        GATEWAY,
        STREAMS,
        BOTH;

        boolean hitsGateway() {
            return this != STREAMS;
        }

        boolean hitsStreams() {
            return this != GATEWAY;
        }
    }

    /** Starts both, and does not wait for them. */
    KillableRoles(Servers servers, Path folder, Map<String, String> gatewayOptions) {
        this.folder = folder;
        List<Integer> ports = ports(4);
        grpcPort = ports.get(0);
        adminPort = ports.get(1);
        gatewayHttp = ports.get(2);
        streamsHttp = ports.get(3);
        gatewayEnvironment = PrismProcess.environment(servers);
        gatewayEnvironment.put("PRISM_GRPC_PORT", Integer.toString(grpcPort));
        gatewayEnvironment.put("PRISM_ADMIN_PORT", Integer.toString(adminPort));
        gatewayEnvironment.put("PRISM_HTTP_PORT", Integer.toString(gatewayHttp));
        gatewayEnvironment.putAll(gatewayOptions);
        streamsEnvironment = new HashMap<>(PrismProcess.environment(servers));
        streamsEnvironment.put("PRISM_HTTP_PORT", Integer.toString(streamsHttp));
        streamsEnvironment.put("PRISM_STATE_FOLDER", folder.resolve("state").toString());
        gateway = startGateway();
        streams = startStreams();
    }

    private static List<Integer> ports(int count) {
        List<Integer> all =
                new ArrayList<>(IntStream.range(FIRST_PORT, LAST_PORT).boxed().toList());
        Collections.shuffle(all, new Random());
        return all.stream().filter(ServerPorts::isFree).limit(count).toList();
    }

    private PrismProcess startGateway() {
        return PrismProcess.startGateway(
                JVM, gatewayEnvironment, folder.resolve("gateway-" + starts++ + ".log"));
    }

    private PrismProcess startStreams() {
        return PrismProcess.startStreams(
                JVM, streamsEnvironment, folder.resolve("streams-" + starts++ + ".log"));
    }

    TestClient client() {
        return new TestClient(grpcPort, adminPort);
    }

    void awaitGateway() {
        gateway.awaitReady(gatewayHttp);
    }

    void awaitStreams() {
        streams.awaitReady(streamsHttp);
    }

    /** kill -9, and another start. Fails if a process has ended by itself. */
    void kill(Target target) {
        if (target.hitsGateway()) {
            gateway.requireAlive();
            gateway.kill();
        }
        if (target.hitsStreams()) {
            streams.requireAlive();
            streams.kill();
        }
        if (target.hitsGateway()) {
            gateway = startGateway();
        }
        if (target.hitsStreams()) {
            streams = startStreams();
        }
    }

    /** SIGTERM; the streams process's exit code. */
    int stopStreams() {
        streams.terminate();
        return streams.exitCode();
    }

    void requireGateway() {
        gateway.requireAlive();
    }

    @Override
    public void close() {
        gateway.close();
        streams.close();
    }
}
