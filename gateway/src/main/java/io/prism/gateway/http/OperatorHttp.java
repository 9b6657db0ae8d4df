package io.prism.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** The HTTP server for metrics and health. */
public final class OperatorHttp implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;

    /** What a component says of itself; empty means it is well. */
    public interface Check extends Supplier<String> {}

    /**
     * A part of the gateway's health.
     *
     * @param required whether the gateway counts as not ready while the component has a problem
     */
    public record Component(Check check, boolean required) {}

    /**
     * Starts serving.
     *
     * @param metrics the Prometheus text
     * @param components by name; asked at each request, so they must answer at once
     */
    public OperatorHttp(
            String host,
            int port,
            Supplier<String> metrics,
            Map<String, Component> components,
            ExecutorService executor) {
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the http port "
                            + host
                            + ":"
                            + port
                            + " cannot be opened ("
                            + e.getMessage()
                            + "): is it taken? Choose another",
                    e);
        }
        server.setExecutor(executor);
        server.createContext(
                "/",
                exchange ->
                        respond(
                                exchange,
                                404,
                                "text/plain",
                                "try /metrics, /health/live or /health/ready\n"));
        server.createContext(
                "/metrics",
                exchange ->
                        respond(
                                exchange,
                                200,
                                "text/plain; version=0.0.4; charset=utf-8",
                                metrics.get()));
        server.createContext(
                "/health/live",
                exchange -> respond(exchange, 200, "application/json", "{\"status\":\"UP\"}\n"));
        server.createContext("/health/ready", exchange -> ready(exchange, components));
        server.start();
    }

    private static void ready(HttpExchange exchange, Map<String, Component> components)
            throws IOException {
        TreeMap<String, String> shown = new TreeMap<>();
        boolean ready = true;
        for (Map.Entry<String, Component> entry : components.entrySet()) {
            String problem = entry.getValue().check().get();
            ready &= problem.isEmpty() || !entry.getValue().required();
            shown.put(entry.getKey(), problem.isEmpty() ? "UP" : problem);
        }
        String body =
                JSON.writeValueAsString(
                        Map.of("status", ready ? "UP" : "DOWN", "components", shown));
        respond(exchange, ready ? 200 : 503, "application/json", body + "\n");
    }

    private static void respond(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
