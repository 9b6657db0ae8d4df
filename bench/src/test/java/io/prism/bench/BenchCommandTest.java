package io.prism.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void lists_the_scenarios_without_touching_anything() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString())
                .contains("publish-stream", "publish-unary", "claim-2mb", "chunked", "deliver")
                .contains(
                        "queue", "rehydrate", "outbox", "cache-hit", "cache-miss", "invalidation");
    }

    @Test
    void help_names_every_scenario_and_the_defaults() {
        String help = new CommandLine(new BenchCommand()).getUsageMessage().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("publish-stream, publish-unary, claim-2mb, chunked, deliver, queue,")
                .contains("rehydrate, outbox, cache-hit, cache-miss, invalidation. Default: all.")
                .contains("Default: 10000.")
                .contains("PRISM_GRPC. Default: 127.0.0.1: 8980.");
    }

    @Test
    void an_outbox_is_not_measured_without_a_database() {
        assertThat(run("outbox", "--postgres-url", "", "--connect-url", "")).isEqualTo(2);
        assertThat(err.toString()).contains("some scenarios need --postgres-url and --connect-url");
    }

    @Test
    void rows_are_not_measured_without_a_database_nor_hits_without_redis() {
        assertThat(run("invalidation", "--postgres-url", "", "--connect-url", "")).isEqualTo(2);
        assertThat(err.toString()).contains("some scenarios need --postgres-url and --connect-url");

        assertThat(
                        run(
                                "cache-hit",
                                "--postgres-url",
                                "postgresql://127.0.0.1:1/postgres",
                                "--connect-url",
                                "http://127.0.0.1:1",
                                "--redis-url",
                                ""))
                .isEqualTo(2);
        assertThat(err.toString()).contains("some scenarios need --redis-url");
    }

    @Test
    void a_redis_that_is_not_on_this_machine_is_refused_and_its_password_not_shown() {
        assertThat(run("publish-stream", "--redis-url", "redis://me:hushhush@192.0.2.1:6379"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("not on this machine: 192.0.2.1")
                .doesNotContain("hushhush");
    }

    @Test
    void a_redis_url_that_is_none_is_refused() {
        assertThat(run("cache-hit", "--redis-url", "localhost:6379")).isEqualTo(2);
        assertThat(err.toString()).contains("--redis-url is not valid: a URL such as redis://");
    }

    @Test
    void an_unknown_scenario_is_a_wrong_command_line() {
        assertThat(run("publish-strem")).isEqualTo(2);
        assertThat(err.toString())
                .contains("there is no scenario 'publish-strem'; there are publish-stream,");
    }

    @Test
    void values_out_of_range_are_named() {
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--rounds is 0; it must be at least 1");
    }

    @Test
    void a_consumer_that_would_have_no_partition_is_refused() {
        assertThat(run("queue", "--queue-consumers", "5")).isEqualTo(2);
        assertThat(err.toString()).contains("--queue-consumers is 5; it must be at most 4");
    }

    @Test
    void a_backlog_that_one_consumer_could_take_alone_is_refused() {
        assertThat(run("queue", "--queue-messages", "3999")).isEqualTo(2);
        assertThat(err.toString()).contains("--queue-messages is 3999; it must be at least 4000");
    }

    @Test
    void a_payload_that_would_stay_a_claim_is_refused() {
        assertThat(run("rehydrate", "--rehydrate-bytes", "8000001")).isEqualTo(2);
        assertThat(err.toString()).contains("--rehydrate-bytes is 8000001; it must be at most");
    }

    @Test
    void refuses_a_target_that_is_not_on_this_machine_before_it_connects() {
        assertThat(run("publish-stream", "--grpc", "192.0.2.1:8980")).isEqualTo(2);
        assertThat(err.toString()).contains("not on this machine: 192.0.2.1", "--allow-remote");
    }

    @Test
    void says_which_options_object_storage_needs() {
        assertThat(run("claim-2mb", "--s3-endpoint", "")).isEqualTo(2);
        assertThat(err.toString()).contains("--s3-endpoint, --s3-access-key and --s3-secret-key");
    }

    @Test
    void says_how_to_start_a_prism_that_is_not_there() {
        assertThat(run("publish-stream", "--admin", "127.0.0.1:1")).isEqualTo(3);
        assertThat(err.toString())
                .contains("Prism's admin port does not answer at 127.0.0.1:1", "prism up");
    }

    @Test
    void a_file_without_markers_is_refused_before_anything_is_measured(@TempDir Path folder)
            throws Exception {
        Path file = Files.writeString(folder.resolve("x.md"), "nothing");

        assertThat(run("deliver", "--write", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("the marker <!-- bench:deliver --> is missing");
    }

    @Test
    void what_was_made_is_removed_once_the_youngest_first_and_failures_are_said() {
        // Given
        List<String> removed = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        Cleanup cleanup = new Cleanup(complaints::add);
        Cleanup.Made first = cleanup.add("first", () -> removed.add("first"));
        Cleanup.Made _ = cleanup.add("second", () -> removed.add("second"));
        Cleanup.Made _ =
                cleanup.add(
                        "third",
                        () -> {
                            throw new IllegalStateException("no");
                        });

        // When
        first.close();
        cleanup.close();
        first.close();

        // Then
        assertThat(removed).containsExactly("first", "second");
        assertThat(complaints).containsExactly("could not remove third: no");
    }
}
