package io.prism.streams.http;

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
import java.util.function.Supplier;

/** The HTTP server for metrics and health. */
public final class StreamsHttp implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    /**
     * Starts serving.
     *
     * @param port 0 picks a free one
     * @param metrics the Prometheus text
     * @param problems by role; an empty text means that it is well. Asked at each request, so it
     *     must answer at once
     * @param lost why the process cannot go on; empty while it can
     */
    public StreamsHttp(
            String host,
            int port,
            Supplier<String> metrics,
            Supplier<Map<String, String>> problems,
            Supplier<String> lost) {
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
        server.setExecutor(task -> Thread.ofVirtual().name("streams-http").start(task));
        String help = "try /metrics, /health/live or /health/ready\n";
        server.createContext("/", exchange -> respond(exchange, 404, "text/plain", help));
        server.createContext("/metrics", exchange -> respond(exchange, 200, PLAIN, metrics.get()));
        server.createContext("/health/live", exchange -> live(exchange, lost.get()));
        server.createContext("/health/ready", exchange -> ready(exchange, problems.get()));
        server.start();
    }

    private static void live(HttpExchange exchange, String lost) throws IOException {
        Map<String, String> body =
                new TreeMap<>(
                        lost.isEmpty()
                                ? Map.of("status", "UP")
                                : Map.of("status", "DOWN", "problem", lost));
        respond(
                exchange,
                lost.isEmpty() ? 200 : 503,
                "application/json",
                JSON.writeValueAsString(body) + "\n");
    }

    private static void ready(HttpExchange exchange, Map<String, String> problems)
            throws IOException {
        TreeMap<String, String> shown = new TreeMap<>();
        problems.forEach((role, problem) -> shown.put(role, problem.isEmpty() ? "UP" : problem));
        boolean ready = problems.values().stream().allMatch(String::isEmpty);
        TreeMap<String, Object> body = new TreeMap<>();
        body.put("status", ready ? "UP" : "DOWN");
        body.put("roles", shown);
        respond(
                exchange,
                ready ? 200 : 503,
                "application/json",
                JSON.writeValueAsString(body) + "\n");
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
