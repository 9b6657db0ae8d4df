package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.cli.client.CommandLineRunner.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    private final CommandLineRunner command = new CommandLineRunner("127.0.0.1:1");
    @TempDir private Path empty;

    @SuppressWarnings("NullAway.Init")
    DemoCommandTest() {}

    @Test
    void listsItsChapters() {
        // When
        Result result = command.run("demo", "--list");

        // Then
        assertThat(result.out())
                .startsWith("claim-check ")
                .contains("\nlifecycle ", "\nrehydrate ", "\nqueue ");
    }

    @Test
    void aChapterThatIsNotThereIsAUsageError() {
        // When
        Result result = command.run("demo", "--chapter", "nothing");

        // Then
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("There is no chapter 'nothing'");
    }

    @Test
    void withoutAnUpItSaysHowToGetOne() {
        // When
        Result result = command.run("demo", "--data", empty.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("Is `prism up` running?");
    }
}
