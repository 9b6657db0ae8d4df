package io.prism.standalone.cli.client.demo;

import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A Kafka Connect cluster, by its REST interface. */
public final class ConnectView {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int ACCEPTED = 202;

    private final URI url;

    ConnectView(String url) {
        this.url = URI.create(url.endsWith("/") ? url : url + "/");
    }

    /** Asks it to stop reading, or to go on; it does so soon. */
    void pause(String connector) throws InterruptedException {
        put(connector, "pause");
    }

    void resume(String connector) throws InterruptedException {
        put(connector, "resume");
    }

    /** The state of the connector and its tasks, as Connect tells it. */
    String status(String connector) throws InterruptedException {
        return send(HttpRequest.newBuilder(url.resolve("connectors/" + connector + "/status"))
                        .GET())
                .body();
    }

    private void put(String connector, String verb) throws InterruptedException {
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(url.resolve("connectors/" + connector + "/" + verb))
                                .PUT(HttpRequest.BodyPublishers.noBody()));
        if (answer.statusCode() != ACCEPTED) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "Connect does not " + verb + " " + connector + ": " + answer.body());
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request)
            throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE, "Connect does not answer: " + e.getMessage(), e);
        }
    }
}
