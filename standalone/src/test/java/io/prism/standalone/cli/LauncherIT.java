package io.prism.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the project's root, over what this build has packaged. */
class LauncherIT {
    private static final Path SCRIPT = Path.of("../prism").toAbsolutePath().normalize();

    @TempDir private Path temp;

    @Test
    void itWorksThroughALinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("p r i s m"), SCRIPT);

        assertThat(run(link, System.getProperty("java.home"), "--version")).startsWith("0 prism ");
    }

    @Test
    void anExitCodeIsPassedOn() throws Exception {
        String output = run(SCRIPT, System.getProperty("java.home"), "env", "--data", "none");

        assertThat(output)
                .startsWith(ExitCodes.UNREACHABLE + " ")
                .contains("nothing runs on " + temp.resolve("none"));
    }

    @Test
    void aJavaHomeThatIsNoJdk25IsPassedOver() throws Exception {
        Path other = Files.createDirectory(temp.resolve("jdk"));
        Files.writeString(other.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");

        // A JDK 25 may be installed elsewhere; then that one is taken.
        String output = run(SCRIPT, other.toString(), "--version");

        assertThat(output)
                .containsAnyOf("0 prism ", "no JDK 25 found. Looked at JAVA_HOME (" + other);
    }

    private String run(Path script, String javaHome, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(script.toString());
        command.addAll(List.of(arguments));
        var builder =
                new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("PRISM_BUILD", "off");
        builder.environment().put("PRISM_AOT", "off");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + output;
    }
}
