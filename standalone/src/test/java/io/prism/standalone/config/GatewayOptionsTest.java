package io.prism.standalone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.spec.DataSize;
import io.prism.gateway.GatewayConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayOptionsTest {
    @TempDir private Path folder;

    @Test
    void theBrokersAloneAreEnough() {
        GatewayConfig config = config(Optional.empty(), Map.of("PRISM_KAFKA_BOOTSTRAP", "k:9092"));

        assertThat(config.kafkaBootstrap()).isEqualTo("k:9092");
        assertThat(config.grpcPort()).isEqualTo(GatewayConfig.GRPC_PORT);
        assertThat(config.adminPort()).isEqualTo(GatewayConfig.ADMIN_PORT);
        assertThat(config.httpPort()).isEqualTo(GatewayConfig.HTTP_PORT);
        assertThat(config.drainTimeout()).isEqualTo(GatewayConfig.DRAIN_TIMEOUT);
        assertThat(config.publishTimeout()).isEqualTo(GatewayConfig.PUBLISH_TIMEOUT);
        assertThat(config.deduplicationWindow()).isEqualTo(GatewayConfig.DEDUPLICATION_WINDOW);
        assertThat(config.expiryInterval()).isEqualTo(GatewayConfig.EXPIRY_INTERVAL);
        assertThat(config.standalone()).isFalse();
        assertThat(config.claims().endpoint()).isEmpty();
    }

    @Test
    void aVariableWinsOverTheFileAndNestingOverNothing() throws IOException {
        Path file =
                write(
                        "gateway.yaml",
                        """
                        grpc:
                          port: 1
                        admin.port: 2
                        kafka:
                          bootstrap: [a:9092, b:9092]
                        s3:
                          endpoint: http://s3:9000
                          part-size: 16MiB
                        drain:
                          timeout: 500ms
                        """);

        GatewayConfig config = config(Optional.of(file), Map.of("PRISM_GRPC_PORT", "3"));

        assertThat(config.grpcPort()).isEqualTo(3);
        assertThat(config.adminPort()).isEqualTo(2);
        assertThat(config.kafkaBootstrap()).isEqualTo("a:9092,b:9092");
        assertThat(config.claims().endpoint()).contains(URI.create("http://s3:9000"));
        assertThat(config.claims().partSize()).isEqualTo(DataSize.ofMebibytes(16));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void propertiesWorkAsWell() throws IOException {
        Path file = write("gateway.properties", "kafka.bootstrap=a:9092\nhost=0.0.0.0\n");

        assertThat(config(Optional.of(file), Map.of()).host()).isEqualTo("0.0.0.0");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceWithItsRemedy() throws IOException {
        Path file =
                write(
                        "gateway.yaml",
                        """
                        grpc:
                          prot: 8980
                        admin:
                          port: ninety
                        s3:
                          endpoint: s3.local
                          part-size: 1MiB
                          access-key: someone
                          secret-key:
                        """);

        var failure =
                refused(
                        Optional.of(file),
                        Map.of("PRISM_DRAIN_TIMEOUT", "soon", "PRISM_HOTS", "x"));

        assertThat(failure.problems())
                .extracting(Problem::where)
                .containsExactlyInAnyOrder(
                        "grpc.prot in " + file,
                        "PRISM_HOTS",
                        "s3.secret-key",
                        "admin.port in " + file,
                        "s3.endpoint in " + file,
                        "PRISM_DRAIN_TIMEOUT",
                        "kafka.bootstrap",
                        "s3.part-size",
                        "s3.access-key, s3.secret-key");
        assertThat(failure)
                .hasMessageContaining("did you mean grpc.port?")
                .hasMessageContaining("did you mean PRISM_HOST?")
                .hasMessageContaining("PRISM_KAFKA_BOOTSTRAP");
    }

    @Test
    void aSecretThatIsRefusedIsNotShown() {
        var failure = refused(Optional.empty(), Map.of("PRISM_S3_SECRET_KEY", "hunter2"));

        assertThat(failure.getMessage()).doesNotContain("hunter2");
    }

    @Test
    void databasesAreNamedInTheFileAndTheirSecretsMayBeVariables() throws IOException {
        Path file =
                write(
                        "gateway.yaml",
                        """
                        kafka.bootstrap: k:9092
                        databases:
                          orders_db:
                            url: postgresql://db:5432/orders
                            user: prism
                          postgres:
                            url: postgresql://other:5432/postgres
                            user: nobody
                        """);

        GatewayConfig config =
                config(
                        Optional.of(file),
                        Map.of(
                                "PRISM_DATABASES_ORDERS_DB_PASSWORD", "hunter2",
                                "PRISM_POSTGRES_URL", "postgresql://me:secret@here:5432/postgres"));

        assertThat(config.databases().servers())
                .isEqualTo(
                        Map.of(
                                "orders_db",
                                new Server("postgresql://db:5432/orders", "prism", "hunter2"),
                                "postgres",
                                new Server("postgresql://here:5432/postgres", "me", "secret")));
        assertThat(config.toString()).doesNotContain("hunter2").doesNotContain("secret");
        assertThat(config.databases().embedded()).isFalse();
    }

    @Test
    void whatIsWrongAboutADatabaseIsSaidWithoutItsPassword() throws IOException {
        Path file =
                write(
                        "gateway.yaml",
                        """
                        kafka.bootstrap: k:9092
                        databases:
                          a: {url: "mysql://me:hunter2@db/a"}
                          b: {user: me, password: hunter2}
                          c: {url: "postgresql://db/c", usr: me}
                        """);

        var failure = refused(Optional.of(file), Map.of());

        assertThat(failure.problems())
                .extracting(Problem::where)
                .containsExactlyInAnyOrder(
                        "databases.c.usr in " + file,
                        "databases.a.url in " + file,
                        "databases.b.url");
        assertThat(failure.getMessage()).doesNotContain("hunter2");
    }

    @Test
    void variablesOfOthersAreNobodysMistake() {
        GatewayConfig config =
                config(
                        Optional.empty(),
                        Map.of(
                                "PRISM_KAFKA_BOOTSTRAP", "k:9092",
                                "PRISM_GRPC", "127.0.0.1:8980",
                                "PRISM_GATEWAY_SERVICE_HOST", "10.0.0.1"));

        assertThat(config.kafkaBootstrap()).isEqualTo("k:9092");
    }

    @Test
    void aFileThatIsNotThereIsAProblemLikeAnyOther() {
        var failure = refused(Optional.of(folder.resolve("none.yaml")), Map.of());

        assertThat(failure.problems()).hasSize(2);
    }

    @Test
    void yamlThatWouldMakeAnObjectIsRefused() throws IOException {
        Path file = write("evil.yaml", "kafka: !!java.net.URL [http://x]\n");

        assertThat(refused(Optional.of(file), Map.of()).problems()).isNotEmpty();
    }

    private static GatewayConfig config(Optional<Path> file, Map<String, String> environment) {
        return GatewayOptions.toConfig(GatewayOptions.read(file, environment));
    }

    private static ConfigurationException refused(
            Optional<Path> file, Map<String, String> environment) {
        return catchThrowableOfType(
                ConfigurationException.class, () -> GatewayOptions.read(file, environment));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
