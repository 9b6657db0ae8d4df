package io.prism.standalone.cli.client.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.standalone.cli.client.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ServerOptionsTest {
    @TempDir private Path data;
    private final Map<String, String> variables = new HashMap<>();

    @SuppressWarnings("NullAway.Init")
    ServerOptionsTest() {}

    @Command
    private static final class Holder {
        @Mixin private final ServerOptions options;

        Holder(ServerOptions options) {
            this.options = options;
        }
    }

    @Test
    void withoutAnythingTheUsualPortsAreMeant() {
        // Given
        variables.put("PRISM_DATA", data.toString());

        // Then
        assertThat(grpc()).isEqualTo("localhost:8980");
        assertThat(admin()).isEqualTo("localhost:8981");
    }

    @Test
    void aRunningUpIsFoundThroughItsDataFolder() throws IOException {
        // Given
        Files.writeString(
                data.resolve("running.properties"),
                """
                pid=1
                address.00.PRISM_GRPC=127.0.0.1\\:4001
                address.01.PRISM_ADMIN=127.0.0.1\\:4002
                address.02.PRISM_KAFKA_BOOTSTRAP=127.0.0.1\\:4003
                """);

        // Then
        assertThat(grpc("--data", data.toString())).isEqualTo("127.0.0.1:4001");
        assertThat(admin("--data", data.toString())).isEqualTo("127.0.0.1:4002");
        assertThat(options("--data", data.toString()).env().require("PRISM_KAFKA_BOOTSTRAP"))
                .isEqualTo("127.0.0.1:4003");
    }

    @Test
    void aVariableComesBeforeTheDataFolderAndAnOptionBeforeBoth() throws IOException {
        // Given
        Files.writeString(data.resolve("running.properties"), "address.00.PRISM_GRPC=a:1\n");
        variables.put("PRISM_GRPC", "b:2");

        // Then
        assertThat(grpc("--data", data.toString())).isEqualTo("b:2");
        assertThat(grpc("--data", data.toString(), "--grpc", "c:3")).isEqualTo("c:3");
    }

    @Test
    void whatIsNotKnownIsNamedWithTheRemedy() {
        PrismEnv env = options("--data", data.toString()).env();
        assertThatThrownBy(() -> env.require("PRISM_S3_ENDPOINT"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("PRISM_S3_ENDPOINT is not known")
                .hasMessageContaining("prism up");
    }

    private String grpc(String... arguments) {
        try (Connection connection = options(arguments).dataPlane()) {
            return connection.address();
        }
    }

    private String admin(String... arguments) {
        try (Connection connection = options(arguments).adminApi()) {
            return connection.address();
        }
    }

    private ServerOptions options(String... arguments) {
        Holder holder = new Holder(new ServerOptions(variables));
        new CommandLine(holder).parseArgs(arguments);
        return holder.options;
    }
}
