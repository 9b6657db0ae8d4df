package io.prism.standalone.e2e;

import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A gateway as a process of its own, and a client of it. */
record RunningGateway(PrismProcess process, TestClient client) implements AutoCloseable {
    private static final List<String> JVM =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /**
     * Returns when it is ready.
     *
     * @param folder where it logs to
     */
    static RunningGateway start(Servers servers, Path folder) {
        return start(servers, folder, Map.of());
    }

    /** The same, with further variables. */
    static RunningGateway start(Servers servers, Path folder, Map<String, String> further) {
        List<Integer> ports = ServerPorts.free(3);
        Map<String, String> environment = PrismProcess.environment(servers);
        environment.putAll(further);
        environment.put("PRISM_GRPC_PORT", ports.get(0).toString());
        environment.put("PRISM_ADMIN_PORT", ports.get(1).toString());
        environment.put("PRISM_HTTP_PORT", ports.get(2).toString());
        return new RunningGateway(
                PrismProcess.gateway(
                        JVM,
                        environment,
                        folder.resolve("gateway-" + ports.get(0) + ".log"),
                        ports.get(2)),
                new TestClient(ports.get(0), ports.get(1)));
    }

    /** kill -9. */
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        client.close();
        process.close();
    }
}
