package io.prism.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class LeftoversTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir private Path temp;

    @Test
    void onlyTheProgramThatRunsInTheFolderIsStopped() throws Exception {
        // Given
        Process here = sleepIn(temp);
        Process elsewhere = sleepIn(Files.createDirectory(temp.resolve("elsewhere")));

        // When
        int stopped = Leftovers.stop("sleep", temp, "TERM", PATIENCE);

        // Then
        assertThat(stopped).isEqualTo(1);
        assertThat(here.waitFor()).isEqualTo(128 + 15);
        assertThat(elsewhere.isAlive()).isTrue();
        elsewhere.destroyForcibly();
    }

    @Test
    void anotherProgramInTheFolderIsLetBe() throws Exception {
        Process process = sleepIn(temp);

        assertThat(Leftovers.stop("redis-server", temp, "TERM", PATIENCE)).isZero();
        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly();
    }

    @Test
    void aProcessThatDoesNotListenIsKilled() throws Exception {
        Process process = sleepIn(temp);

        int stopped = Leftovers.stop("sleep", temp, "CONT", Duration.ofMillis(100));

        assertThat(stopped).isEqualTo(1);
        assertThat(process.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void aFolderThatIsNotThereHasNone() throws IOException {
        assertThat(Leftovers.stop("sleep", temp.resolve("none"), "TERM", PATIENCE)).isZero();
    }

    /** Returns once the child runs {@code sleep} and is no longer a copy of this JVM. */
    private static Process sleepIn(Path folder) throws IOException {
        Process process = new ProcessBuilder("sleep", "60").directory(folder.toFile()).start();
        while (Leftovers.find("sleep", folder).isEmpty()) {
            Thread.onSpinWait();
        }
        return process;
    }
}
