package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Kafka's own {@code kafka-console-consumer}, as a process of its own. */
final class Console {
    private Console() {}

    /**
     * The values of a topic's first committed records, one after the other, with nothing added.
     *
     * @param folder for its output
     */
    static byte[] values(String bootstrap, String topic, int count, Path folder)
            throws IOException, InterruptedException {
        Path out = folder.resolve("console.out");
        Path err = folder.resolve("console.err");
        Process console =
                new ProcessBuilder(command(bootstrap, topic, count))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertThat(console.waitFor(120, TimeUnit.SECONDS)).as("the console ends").isTrue();
        } finally {
            console.destroyForcibly();
        }
        assertThat(Files.readString(err))
                .contains("Processed a total of " + count + " messages")
                .doesNotContain("Error");
        assertThat(console.exitValue()).isZero();
        return Files.readAllBytes(out);
    }

    private static List<String> command(String bootstrap, String topic, int count) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classPath(),
                "org.apache.kafka.tools.consumer.ConsoleConsumer",
                "--bootstrap-server",
                bootstrap,
                "--topic",
                topic,
                "--from-beginning",
                "--isolation-level",
                "read_committed",
                "--max-messages",
                Integer.toString(count),
                "--timeout-ms",
                "60000",
                // The default is a line feed after each value, which may hold some itself.
                "--formatter-property",
                "line.separator=");
    }

    /** Without a logger that would write among the values. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("logback"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
