package io.prism.connectors.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cluster may answer, played by a server that answers just that. */
class ConnectRestTest {
    private record Answer(int status, String body) {}

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private ConnectRest rest;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                        Answer answer = answers.size() > 1 ? answers.poll() : answers.peek();
                        byte[] body = answer.body().getBytes(UTF_8);
                        exchange.sendResponseHeaders(
                                answer.status(), body.length == 0 ? -1 : body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        rest = rest(Duration.ofSeconds(30));
    }

    /**
     * @param patience with a cluster that rebalances
     */
    private ConnectRest rest(Duration patience) {
        return new ConnectRest(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                Duration.ofSeconds(10),
                patience,
                Duration.ofMillis(1));
    }

    @AfterEach
    void stop() {
        rest.close();
        server.stop(0);
    }

    private void answer(int status, String body) {
        answers.add(new Answer(status, body));
    }

    private static void failsWith(ErrorCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(words)
                .asInstanceOf(InstanceOfAssertFactories.type(PrismException.class))
                .extracting(PrismException::code)
                .isEqualTo(code);
    }

    @Test
    void whileTheClusterRebalancesARequestIsRepeated() {
        answer(409, "{\"message\": \"rebalancing\"}");
        answer(409, "{\"message\": \"rebalancing\"}");
        answer(200, "{\"a b\": {\"info\": {\"config\": {\"k\": \"v\"}}}}");

        assertThat(rest.connectors()).isEqualTo(Map.of("a b", Map.of("k", "v")));
        assertThat(requests).hasSize(3);
    }

    @Test
    void butNotForEver() {
        answer(409, "{\"message\": \"a rebalance is in process\"}");

        try (ConnectRest impatient = rest(Duration.ofMillis(500))) {
            failsWith(
                    ErrorCode.CONCURRENT_CHANGE,
                    "a rebalance is in process",
                    () -> impatient.put("a", Map.of()));
        }
    }

    @Test
    void whatIsWrongWithAConfigurationIsSaid() {
        answer(400, "{\"error_code\": 400, \"message\": \"The hostname is unknown\"}");

        failsWith(
                ErrorCode.BACKEND_REFUSED,
                "The hostname is unknown",
                () -> rest.put("a", Map.of()));
    }

    @Test
    void troubleOfTheClustersIsWaitedFor() {
        answer(500, "no json");

        failsWith(ErrorCode.BACKEND_UNAVAILABLE, "500: no json", rest::connectors);
        server.stop(0);
        failsWith(ErrorCode.BACKEND_UNAVAILABLE, "connect.url", rest::connectors);
    }

    @Test
    void somethingElseThatAnswersIsNoCluster() {
        answer(200, "<html>");

        failsWith(ErrorCode.BACKEND_REFUSED, "connect.url", rest::connectors);
    }

    @Test
    void aConnectorThatIsNotThereHasNoStatusAndIsGone() {
        answer(404, "{\"message\": \"not found\"}");

        assertThat(rest.status("a b")).isEmpty();
        rest.delete("a b");
        rest.restartFailed("a b");
        rest.resume("a b");
        assertThat(requests)
                .containsExactly(
                        "GET /connectors/a%20b/status",
                        "PUT /connectors/a%20b/stop",
                        "POST /connectors/a%20b/restart?includeTasks=true&onlyFailed=true",
                        "PUT /connectors/a%20b/resume");
    }

    @Test
    void aConnectorIsStoppedAndForgottenBeforeItIsDeleted() {
        answer(204, "");
        answer(400, "{\"message\": \"must be stopped\"}");
        answer(200, "{\"message\": \"reset\"}");
        answer(204, "");

        rest.delete("a");

        assertThat(requests)
                .containsExactly(
                        "PUT /connectors/a/stop",
                        "DELETE /connectors/a/offsets",
                        "DELETE /connectors/a/offsets",
                        "DELETE /connectors/a");
    }

    @Test
    void aFailureSaysWhy() {
        answer(
                200,
                """
                {"name": "a", "connector": {"state": "RUNNING", "worker_id": "w:1"},
                 "tasks": [{"id": 0, "state": "FAILED", "worker_id": "w:1", "trace": "Boom: x\\n\\tat y"}]}
                """);

        ConnectorStatus status = rest.status("a").orElseThrow();

        assertThat(status.running()).isFalse();
        assertThat(status.state()).isEqualTo("FAILED");
        assertThat(status.failure()).contains("Boom: x");
    }
}
