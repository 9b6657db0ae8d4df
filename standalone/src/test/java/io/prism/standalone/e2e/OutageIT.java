package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.prism.core.cache.RedisConfig;
import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.database.DatabaseConfig;
import io.prism.gateway.Gateway;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.Servers;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway answers while something it needs is away. */
final class OutageIT {
    @TempDir private Path temp;

    private static Gateway gateway(Servers servers, URI s3) {
        return Gateway.start(
                new GatewayConfig(
                        "127.0.0.1",
                        "127.0.0.1",
                        0,
                        0,
                        0,
                        servers.kafkaBootstrap(),
                        ClaimConfigs.at(s3, servers, ClaimStoreConfig.TIMEOUT),
                        new DatabaseConfig(Map.of(), false, 1),
                        RedisConfig.NOWHERE,
                        true,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        Duration.ofHours(1)));
    }

    private static void unavailable(Throwable failure, String reason) {
        assertThat(failure).isInstanceOf(StatusRuntimeException.class);
        assertThat(((StatusRuntimeException) failure).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(TestClient.reason(failure)).isEqualTo(reason);
    }

    @Test
    void anUnreachableObjectStorageIsTypedAndPublishesNothing() {
        // Given: a second gateway on the same Kafka, whose object storage is away
        Servers servers = SharedPrism.get().servers();
        try (TestClient healthy = TestClient.of(SharedPrism.get())) {
            healthy.createClaimCheck("outage-s3");
        }
        try (Gateway gateway = gateway(servers, URI.create("http://127.0.0.1:1"));
                TestClient client = new TestClient(gateway.grpcPort(), gateway.adminPort())) {
            // When
            Throwable large =
                    catchThrowable(
                            () ->
                                    client.publish(
                                            "outage-s3",
                                            "t",
                                            ByteString.copyFrom(new byte[2_000_000])));
            Throwable creation = catchThrowable(() -> client.createClaimCheck("outage-s3-new"));

            // Then
            unavailable(large, "STORAGE_UNAVAILABLE");
            unavailable(creation, "STORAGE_UNAVAILABLE");
            client.publish("outage-s3", "t", ByteString.copyFromUtf8("small ones still go"));
            assertThat(KafkaLooker.all(servers.kafkaBootstrap(), "outage-s3.t")).hasSize(1);
            assertThat(
                            TestClient.reason(
                                    catchThrowable(
                                            () ->
                                                    client.publish(
                                                            "outage-s3-new",
                                                            "t",
                                                            ByteString.EMPTY))))
                    .isEqualTo("NAMESPACE_NOT_FOUND");
        }
    }

    @Test
    @SuppressWarnings("try") // the servers are closed in the middle: that is the outage
    void anUnreachableKafkaIsTypedAndReadinessSaysSo() {
        try (Servers servers = EmbeddedServers.start(temp);
                Gateway gateway = gateway(servers, servers.s3Endpoint());
                TestClient client = new TestClient(gateway.grpcPort(), gateway.adminPort())) {
            client.createPlain("outage-kafka");
            client.publish("outage-kafka", "t", ByteString.EMPTY);
            String ready = "http://127.0.0.1:" + gateway.httpPort() + "/health/ready";
            assertThat(Http.status(ready)).isEqualTo(200);

            // When
            servers.close();

            // Then
            unavailable(
                    catchThrowable(() -> client.publish("outage-kafka", "t", ByteString.EMPTY)),
                    "BACKEND_UNAVAILABLE");
            unavailable(
                    catchThrowable(
                            () -> client.publish("outage-kafka", "unseen", ByteString.EMPTY)),
                    "BACKEND_UNAVAILABLE");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(Http.status(ready)).isEqualTo(503));
            assertThat(Http.status("http://127.0.0.1:" + gateway.httpPort() + "/health/live"))
                    .isEqualTo(200);
        }
    }
}
