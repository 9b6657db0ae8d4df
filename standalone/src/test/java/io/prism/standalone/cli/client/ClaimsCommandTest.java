package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimsCommandTest {
    private FakePrism prism;
    private CommandLineRunner command;

    @SuppressWarnings("NullAway.Init")
    ClaimsCommandTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("videos");
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void aSweepSaysWhatItDeleted() {
        Result result = command.run("claims", "sweep", "videos");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("deleted 3 of 10 payloads (6.00 MB) that no record refers to")
                .contains("1000 records read")
                .contains("aborted 1 unfinished uploads");
        assertThat(prism.admin().sweepAsked.getDryRun()).isFalse();
        assertThat(prism.admin().sweepAsked.hasGrace()).isFalse();
    }

    @Test
    void aDryRunSaysWhatItWouldDelete() {
        Result result = command.run("claims", "sweep", "videos", "--dry-run", "--grace", "10m");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).startsWith("would delete 3 of 10 payloads");
        assertThat(prism.admin().sweepAsked.getDryRun()).isTrue();
        assertThat(prism.admin().sweepAsked.getGrace().getSeconds()).isEqualTo(600);
    }

    @Test
    void aSweepsJsonHasEveryNumber() {
        Result result = command.run("claims", "sweep", "videos", "--json");
        assertThat(result.json().getFirst().toString())
                .isEqualTo(
                        "{\"namespace\":\"videos\",\"dry_run\":false,\"looked\":10,\"orphans\":3,"
                                + "\"orphan_bytes\":6000000,\"deleted\":3,\"uploads_aborted\":1,"
                                + "\"records_read\":1000}");
    }

    @Test
    void statsCountWhatIsKept() {
        Result text = command.run("claims", "stats", "videos");
        Result json = command.run("claims", "stats", "videos", "--json");
        assertThat(text.out().strip())
                .isEqualTo("7 payloads, 14.0 MB, the oldest of 2027-01-15T08:00:00Z");
        assertThat(json.json().getFirst().toString())
                .isEqualTo(
                        "{\"namespace\":\"videos\",\"objects\":7,\"bytes\":14000000,"
                                + "\"oldest\":\"2027-01-15T08:00:00Z\"}");
    }

    @Test
    void aNamespaceThatIsNotThereIsToldAsSuch() {
        Result result = command.run("claims", "stats", "films");
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.err()).contains("films");
    }

    @Test
    void optionsOfTheOtherActionAreRefused() {
        Result result = command.run("claims", "stats", "videos", "--dry-run");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("neither --dry-run nor --grace");
    }

    @Test
    void helpHasExamples() {
        assertThat(command.run("claims", "--help").out())
                .contains("prism claims sweep videos --dry-run", "Exit codes:");
    }
}
