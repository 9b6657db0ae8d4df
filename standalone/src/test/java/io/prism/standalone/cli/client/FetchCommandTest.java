package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchCommandTest {
    private static final byte[] PAYLOAD = payload();

    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    FetchCommandTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("videos");
        command = new CommandLineRunner(prism.address());
        command.run("publish", "videos", "t", "--size", "3MB");
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void writesThePayloadToAFile() {
        // When
        Path file = folder.resolve("film");
        Result result = command.run("fetch", "videos", "videos/id-1", "--output", file.toString());

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(file).hasBinaryContent(PAYLOAD);
        assertThat(result.err()).contains("3.00 MB fetched in ");
    }

    @Test
    void writesARangeToStandardOutput() {
        // When
        Result result =
                command.run(
                        "fetch",
                        "videos",
                        "videos/id-1",
                        "--offset",
                        "1MB",
                        "--length",
                        "100KB",
                        "--json");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.raw().toByteArray())
                .isEqualTo(Arrays.copyOfRange(PAYLOAD, 1_000_000, 1_100_000));
        assertThat(result.errJson().getFirst().get("bytes").asLong()).isEqualTo(100_000);
    }

    @Test
    void aBrokenRangeGoesOnAndEndsWhereItShould() {
        // Given
        prism.faults().fetchBreaksAfter = 300_000;
        prism.faults().fetchBreaks.set(2);

        // When
        Result result =
                command.run(
                        "fetch", "videos", "videos/id-1", "--offset", "500KB", "--length", "2MB");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.raw().toByteArray())
                .isEqualTo(Arrays.copyOfRange(PAYLOAD, 500_000, 2_500_000));
        assertThat(result.err()).contains("resumed 2 times");
    }

    @Test
    void aPayloadThatCannotBeHadLeavesNoFile() throws IOException {
        // When
        Path file = folder.resolve("film");
        Result result = command.run("fetch", "videos", "nonsense", "--output", file.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("PAYLOAD_REF_INVALID");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    private static byte[] payload() {
        byte[] bytes = new byte[3_000_000];
        int read = new GeneratedPayload(bytes.length, 0).read(bytes, 0, bytes.length);
        assertThat(read).isEqualTo(bytes.length);
        return bytes;
    }
}
