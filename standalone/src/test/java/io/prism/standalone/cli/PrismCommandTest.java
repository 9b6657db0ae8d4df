package io.prism.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.Addresses;
import io.prism.standalone.DataFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrismCommandTest {
    @TempDir private Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyCommandSaysWhatItEndsWithAndGivesExamples() {
        for (String command : new String[] {"up", "env", "gateway"}) {
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString()).contains("Exit codes:", "Examples:");
            out.getBuffer().setLength(0);
        }
    }

    @Test
    void aCommandThatDoesNotExistIsAUsageErrorWithASuggestion() {
        assertThat(run("upp")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("prism up");
    }

    @Test
    void noCommandIsAUsageErrorThatListsThem() {
        assertThat(run()).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("gateway", "env", "completion");
    }

    @Test
    void completionPrintsAScript() {
        assertThat(run("completion")).isZero();
        assertThat(out.toString()).contains("complete -F _complete_prism");
    }

    @Test
    void envSaysThatNothingRuns() {
        assertThat(run("env", "--data", temp.toString())).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(err.toString()).contains("nothing runs on " + temp);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void envSaysThatPrismIsStillStarting() {
        try (DataFolder folder = DataFolder.take(temp, Instant.EPOCH)) {
            assertThat(run("env", "--data", folder.path().toString()))
                    .isEqualTo(ExitCodes.UNREACHABLE);
            assertThat(err.toString()).contains("still starting");
        }
    }

    @Test
    void envPrintsWhatRunsInThreeWays() {
        try (DataFolder folder = DataFolder.take(temp, Instant.EPOCH)) {
            folder.publish(new Addresses(Map.of("PRISM_GRPC", "it's:1")));

            run("env", "--data", temp.toString());
            run("env", "--data", temp.toString(), "--shell");
            run("env", "--data", temp.toString(), "--json");
        }
        assertThat(out.toString())
                .contains(
                        "PRISM_GRPC=it's:1\n",
                        "export PRISM_GRPC='it'\\''s:1'\n",
                        "\"PRISM_GRPC\" : \"it's:1\"");
    }

    @Test
    void aGatewayThatIsNotConfiguredSaysWhatIsMissing() throws IOException {
        Path file = Files.writeString(temp.resolve("g.yaml"), "grpc: {port: x}\n");

        assertThat(run("gateway", "--config", file.toString())).isEqualTo(ExitCodes.INVALID);
        assertThat(err.toString()).contains("kafka.bootstrap", "grpc.port");
    }

    @Test
    void aGatewaysConfigurationCanBeCheckedWithoutStartingIt() throws IOException {
        Path file = Files.writeString(temp.resolve("g.yaml"), "kafka: {bootstrap: 'k:9092'}\n");

        assertThat(run("gateway", "--check", "--config", file.toString())).isZero();
    }

    @Test
    void upRefusesANamespaceFileThatIsNotThereBeforeItStartsAnything() {
        Path data = temp.resolve("data");

        int code = run("up", "--data", data.toString(), "--namespaces", temp + "/none.yaml");

        assertThat(code).isEqualTo(ExitCodes.INVALID);
        assertThat(err.toString()).contains("none.yaml");
        assertThat(data).doesNotExist();
    }

    @Test
    void upRefusesAFolderThatIsHeld() {
        try (DataFolder folder = DataFolder.take(temp, Instant.EPOCH)) {
            assertThat(run("up", "--data", folder.path().toString()))
                    .isEqualTo(ExitCodes.FOLDER_HELD);
            assertThat(err.toString()).contains("pid " + ProcessHandle.current().pid());
        }
    }

    private int run(String... args) {
        return PrismCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
