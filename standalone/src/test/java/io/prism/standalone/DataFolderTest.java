package io.prism.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir private Path temp;

    @Test
    void aFolderIsHeldByOneAndTheOtherIsToldByWhom() {
        Path path = temp.resolve("data");
        try (DataFolder folder = DataFolder.take(path, NOW)) {
            folder.publish(
                    new Addresses(
                            Map.of(
                                    "PRISM_GRPC",
                                    "here:1",
                                    "PRISM_ADMIN",
                                    "here:2",
                                    "PRISM_HTTP",
                                    "http://here:3")));

            assertThatThrownBy(() -> DataFolder.take(path, NOW))
                    .isInstanceOf(DataFolderHeldException.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid())
                    .hasMessageContaining("since 20")
                    .hasMessageContaining("here:1");
        }
    }

    @Test
    void aFolderThatWasLetGoOfCanBeTakenAgain() {
        DataFolder.take(temp, NOW).close();

        DataFolder.take(temp, NOW).close();
        assertThat(DataFolder.running(temp)).isEmpty();
    }

    @Test
    void whatRunsIsToldToOthersFromItsStartToItsEnd() {
        DataFolder folder = DataFolder.take(temp, NOW);
        assertThat(DataFolder.running(temp))
                .hasValueSatisfying(
                        state -> {
                            assertThat(state.since()).isEqualTo(NOW);
                            assertThat(state.addresses()).isEmpty();
                        });

        var addresses = new Addresses(Map.of("PRISM_GRPC", "here:1"));
        folder.publish(addresses);
        assertThat(DataFolder.running(temp).flatMap(RunState::addresses)).contains(addresses);

        folder.close();
        assertThat(DataFolder.running(temp)).isEmpty();
    }

    @Test
    void aPidThatMeansAnotherProcessNowIsNotMistakenForTheOldOne() throws IOException {
        Files.writeString(
                temp.resolve("running.properties"),
                "pid=%d\nstarted=2001-01-01T00:00:00Z\nsince=2001-01-01T00:00:00Z\n"
                        .formatted(ProcessHandle.current().pid()));

        assertThat(DataFolder.running(temp)).isEmpty();
    }

    @Test
    void aStateFileThatIsNonsenseSaysThatNothingRuns() throws IOException {
        Files.writeString(temp.resolve("running.properties"), "\\u12 pid=x");

        assertThat(DataFolder.running(temp)).isEmpty();
    }

    @Test
    void addressesKeepTheirOrder() {
        try (DataFolder folder = DataFolder.take(temp, NOW)) {
            var environment = new java.util.LinkedHashMap<String, String>();
            for (int i = 12; i > 0; i--) {
                environment.put("PRISM_" + i, "address " + i);
            }
            folder.publish(new Addresses(environment));

            assertThat(DataFolder.running(temp).flatMap(RunState::addresses))
                    .hasValueSatisfying(
                            a ->
                                    assertThat(a.environment().keySet())
                                            .containsExactlyElementsOf(environment.keySet()));
        }
    }
}
