package io.prism.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.standalone.Addresses;
import io.prism.standalone.DataFolder;
import io.prism.standalone.RunState;
import io.prism.standalone.embedded.EmbeddedServers;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prism up} as a process: started, refused, stopped, killed. */
class UpCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String LAST_LINE = "Ctrl-C stops everything";

    @TempDir private Path temp;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void leaveNothingBehind() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        EmbeddedServers.processes(data()).forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void oneHoldsTheFolderAndStopsCleanlyWhenAsked() throws Exception {
        // Given
        Process up = up("first");
        awaitReady(up, "first");

        // When
        Process second = up("second");

        // Then
        assertThat(exitCode(second)).isEqualTo(ExitCodes.FOLDER_HELD);
        assertThat(output("second")).contains("pid " + up.pid());

        // When
        up.destroy();

        // Then
        assertThat(up.waitFor(12, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isEqualTo(ExitCodes.OK);
        assertThat(output("first")).contains("Stopped.");
        assertThat(EmbeddedServers.processes(data())).isEmpty();
        assertThat(DataFolder.running(data())).isEmpty();
    }

    @Test
    void afterAKillTheNextUpStopsWhatWasLeftAndHasEverything() throws Exception {
        // Given
        Process killed = up("killed");
        Addresses before = awaitReady(killed, "killed");
        assertThat(redis(before, "SET kept yes")).isEqualTo("+OK");
        assertThat(output("killed")).contains("created orders", "./prism publish orders hello");
        killed.destroyForcibly().waitFor();
        List<ProcessHandle> leftovers = EmbeddedServers.processes(data());
        assertThat(leftovers).isNotEmpty();

        // When
        Process up = up("again");
        Addresses after = awaitReady(up, "again");

        // Then
        assertThat(leftovers).noneMatch(ProcessHandle::isAlive);
        assertThat(after).isEqualTo(before);
        assertThat(output("again")).doesNotContain("created orders", "differs");
        assertThat(redis(after, "GET kept")).startsWith("$3");

        // When
        EmbeddedServers.processes(data()).stream()
                .filter(p -> p.info().command().orElse("").contains("redis"))
                .forEach(ProcessHandle::destroyForcibly);

        // Then
        assertThat(exitCode(up)).isEqualTo(ExitCodes.SERVER_DIED);
        assertThat(output("again")).contains("Redis ended");
        assertThat(EmbeddedServers.processes(data())).isEmpty();
    }

    private Path data() {
        return temp.resolve("data");
    }

    private Process up(String name) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx512m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PrismMain.class.getName(),
                                "up",
                                "--data",
                                data().toString(),
                                "--namespaces",
                                namespaces().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve(name).toFile())
                        .start();
        started.add(process);
        return process;
    }

    private Addresses awaitReady(Process process, String name) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            assertThat(process.isAlive())
                                    .withFailMessage(() -> "it ended:\n" + output(name))
                                    .isTrue();
                            return output(name).contains(LAST_LINE);
                        });
        return DataFolder.running(data()).flatMap(RunState::addresses).orElseThrow();
    }

    private Path namespaces() throws IOException {
        return Files.writeString(
                temp.resolve("namespaces.yaml"),
                """
                namespaces:
                  - name: orders
                    client_api: pubsub
                    backend: kafka
                """);
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String output(String name) {
        try {
            return Files.readString(temp.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String redis(Addresses addresses, String command) throws IOException {
        URI url = URI.create(addresses.get(Addresses.REDIS));
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII);
        }
    }
}
