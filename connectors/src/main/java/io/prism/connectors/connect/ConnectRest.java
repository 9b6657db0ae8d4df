package io.prism.connectors.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.connectors.connect.ConnectorStatus.Part;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Connect cluster, asked over REST. Any worker's address will do, or that of a balancer before
 * them: workers forward to one another.
 */
public final class ConnectRest implements ConnectRuntime, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final URI url;
    private final Duration timeout;
    private final Duration patience;
    private final Duration pause;
    private final HttpClient http;

    /** With times that suit a cluster. */
    public ConnectRest(URI url) {
        this(url, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(250));
    }

    /**
     * Does not touch the network.
     *
     * @param url such as {@code http://connect:8083}
     * @param timeout of one request
     * @param patience how long a request is repeated while the cluster rebalances
     * @param pause between such repetitions
     */
    public ConnectRest(URI url, Duration timeout, Duration patience, Duration pause) {
        String text = url.toString();
        this.url = URI.create(text.endsWith("/") ? text : text + "/");
        this.timeout = timeout;
        this.patience = patience;
        this.pause = pause;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .build();
    }

    @Override
    public Map<String, Map<String, String>> connectors() {
        JsonNode answer = json(done(send("GET", "connectors?expand=info", null)));
        Map<String, Map<String, String>> all = new TreeMap<>();
        answer.properties()
                .forEach(
                        entry ->
                                all.put(
                                        entry.getKey(),
                                        strings(entry.getValue().path("info").path("config"))));
        return all;
    }

    private static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new TreeMap<>();
        object.properties()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
        return strings;
    }

    @Override
    public void put(String name, Map<String, String> config) {
        try {
            String body = JSON.writeValueAsString(new TreeMap<>(config));
            done(send("PUT", path(name, "/config"), body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void delete(String name) {
        if (found(send("PUT", path(name, "/stop"), null))) {
            forget(name);
            found(send("DELETE", path(name, ""), null));
        }
    }

    /** Refused with 400 until the connector, and each task of it, has stopped. */
    private void forget(String name) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            HttpResponse<String> response = send("DELETE", path(name, "/offsets"), null);
            if (response.statusCode() != BAD_REQUEST || System.nanoTime() >= deadline) {
                found(response);
                return;
            }
            sleep();
        }
    }

    /** False if there is no such connector. */
    private boolean found(HttpResponse<String> response) {
        if (response.statusCode() == NOT_FOUND) {
            return false;
        }
        done(response);
        return true;
    }

    @Override
    public Optional<ConnectorStatus> status(String name) {
        HttpResponse<String> response = send("GET", path(name, "/status"), null);
        if (response.statusCode() == NOT_FOUND) {
            return Optional.empty();
        }
        JsonNode answer = json(done(response));
        List<Part> tasks = new ArrayList<>();
        answer.path("tasks").forEach(task -> tasks.add(part(task)));
        return Optional.of(new ConnectorStatus(part(answer.path("connector")), tasks));
    }

    private static Part part(JsonNode node) {
        return new Part(
                node.path("state").asText(),
                node.path("worker_id").asText(),
                node.path("trace").asText());
    }

    @Override
    public void resume(String name) {
        found(send("PUT", path(name, "/resume"), null));
    }

    @Override
    public void restartFailed(String name) {
        String path = path(name, "/restart?includeTasks=true&onlyFailed=true");
        found(send("POST", path, null));
    }

    private static String path(String connector, String rest) {
        return "connectors/" + URLEncoder.encode(connector, UTF_8).replace("+", "%20") + rest;
    }

    /** Repeats while the cluster rebalances. */
    private HttpResponse<String> send(String method, String path, @Nullable String body) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            HttpResponse<String> response = once(method, path, body);
            if (response.statusCode() != CONFLICT) {
                return response;
            }
            if (System.nanoTime() >= deadline) {
                throw new PrismException(
                        ErrorCode.CONCURRENT_CHANGE,
                        "the Connect cluster at "
                                + url
                                + " has been rebalancing for "
                                + patience.toSeconds()
                                + " s: "
                                + words(response));
            }
            sleep();
        }
    }

    private HttpResponse<String> once(String method, String path, @Nullable String body) {
        HttpRequest request =
                HttpRequest.newBuilder(url.resolve(path))
                        .timeout(timeout)
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    "the Connect cluster at "
                            + url
                            + " does not answer ("
                            + e
                            + "); is connect.url right, and does a worker run?",
                    e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void sleep() {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private PrismException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PrismException(ErrorCode.CANCELLED, "interrupted while asking " + url, e);
    }

    private HttpResponse<String> done(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return response;
        }
        throw new PrismException(
                        status / 100 == 5
                                ? ErrorCode.BACKEND_UNAVAILABLE
                                : ErrorCode.BACKEND_REFUSED,
                        "the Connect cluster answered "
                                + response.request().method()
                                + " "
                                + response.uri()
                                + " with "
                                + status
                                + ": "
                                + words(response))
                .with("status", status);
    }

    private static String words(HttpResponse<String> response) {
        try {
            String message = JSON.readTree(response.body()).path("message").asText();
            return message.isEmpty() ? response.body() : message;
        } catch (JsonProcessingException e) {
            return response.body();
        }
    }

    private JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_REFUSED,
                    response.uri() + " did not answer with JSON; is connect.url right?",
                    e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
