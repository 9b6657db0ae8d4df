package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.standalone.cli.client.fake.FakePrism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Ctrl-C, as a process of its own sees it. */
class InterruptionTest {
    private FakePrism prism;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    InterruptionTest() {}

    /** What the child process runs. */
    static final class Main {
        public static void main(String[] args) {
            CommandLine root = new CommandLine(CommandSpec.create());
            ClientCommands.all().forEach(root::addSubcommand);
            System.exit(root.execute(args));
        }
    }

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("orders");
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void aSubscriberAcknowledgesWhatItPrintedAndSumsUp() throws Exception {
        // Given
        CommandLineRunner command = new CommandLineRunner(prism.address());
        command.run("publish", "orders", "t", "--text", "hello");
        Process subscriber = start("subscribe", "orders", "t", "--subscription", "audit", "--json");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(folder.resolve("out")).contains("hello"));

        // When
        interrupt(subscriber);

        // Then
        assertThat(subscriber.exitValue()).isEqualTo(130);
        assertThat(Files.readString(folder.resolve("err")))
                .contains("{\"received\":1,\"lost\":0,\"bytes\":5,\"acknowledged\":1}")
                .doesNotContain("error");
        assertThat(prism.pubSub().acknowledged("audit")).containsExactly("id-1");
    }

    @Test
    void anUploadIsBrokenOffAndPublishesNothing() throws Exception {
        // Given
        prism.faults().chunkPermits.drainPermits();
        prism.faults().chunkPermits.release(4);
        Process publisher = start("publish", "orders", "t", "--size", "1GB");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> prism.faults().chunkPermits.availablePermits() == 0);

        // When
        interrupt(publisher);
        prism.faults().chunkPermits.release(1_000_000);

        // Then
        assertThat(publisher.exitValue()).isEqualTo(130);
        assertThat(Files.readString(folder.resolve("err"))).contains("interrupted: 0 published");
        await().until(() -> prism.faults().chunkedCancelled.get() == 1);
        assertThat(prism.log().all()).isEmpty();
    }

    private Process start(String... arguments) throws IOException {
        // Where tests run in the background of a script, a child would inherit that it ignores
        // Ctrl-C.
        List<String> line = new java.util.ArrayList<>(List.of("env", "--default-signal=INT"));
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--grpc", prism.address()));
        return new ProcessBuilder(line)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private static void interrupt(Process process) throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                        .inheritIO()
                        .start();
        assertThat(kill.waitFor()).isZero();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
}
