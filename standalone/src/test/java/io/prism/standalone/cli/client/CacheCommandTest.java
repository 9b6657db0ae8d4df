package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.v1.SetRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheCommandTest {
    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    CacheCommandTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    private Result run(String line) {
        return command.run(line.split(" "));
    }

    @Test
    void aValueIsSetWithItsOptionsAndReadBack() {
        // When
        Result set = run("cache set sessions k --text hello --ttl 30m --if-absent --json");
        Result get = run("cache get sessions k");
        // Then
        assertThat(set.exitCode()).as(set.err()).isZero();
        SetRequest sent = prism.cache().sets.getFirst();
        assertThat(sent.getTtl().getSeconds()).isEqualTo(1_800);
        assertThat(sent.getOnlyIfAbsent()).isTrue();
        assertThat(set.json().getFirst().get("stored").asBoolean()).isTrue();
        assertThat(get.exitCode()).isZero();
        assertThat(get.out()).isEqualToIgnoringNewLines("hello");
        assertThat(
                        run("cache get sessions k --json")
                                .json()
                                .getFirst()
                                .get("remaining_ttl_ms")
                                .asLong())
                .isEqualTo(2_000);
    }

    @Test
    void anAnswerOfNoIsExitCodeOne() {
        // Given
        prism.cache().values.put("k", ByteString.copyFromUtf8("v"));
        // Then
        assertThat(run("cache get sessions other").exitCode()).isEqualTo(1);
        assertThat(run("cache exists sessions other").exitCode()).isEqualTo(1);
        assertThat(run("cache exists sessions k").exitCode()).isZero();
        assertThat(run("cache set sessions k --text w --if-absent").exitCode()).isEqualTo(1);
        assertThat(run("cache delete sessions k").exitCode()).isZero();
        assertThat(run("cache delete sessions k").exitCode()).isEqualTo(1);
    }

    @Test
    void aFileIsAValueToo() throws IOException {
        // Given
        Path file = folder.resolve("value");
        Files.write(file, new byte[] {0, 1, 2});
        // When
        Result set = run("cache set sessions k --file " + file);
        // Then
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(
                        run("cache get sessions k --json")
                                .json()
                                .getFirst()
                                .get("value_base64")
                                .asText())
                .isEqualTo("AAEC");
    }

    @Test
    void aCacheThatCannotBeAskedIsSaid() {
        // Given
        prism.cache().degraded = true;
        // Then
        assertThat(run("cache get sessions k").out()).contains("cannot be asked");
    }

    @Test
    void incrementPrintsTheCounterAndClearAsksTheAdminApi() {
        assertThat(run("cache increment sessions n --by 5").out()).isEqualToIgnoringNewLines("5");
        Result cleared = run("cache clear user-profiles");
        assertThat(cleared.exitCode()).as(cleared.err()).isZero();
        assertThat(prism.admin().cleared).containsExactly("user-profiles");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cache get sessions",
                "cache set sessions k",
                "cache set sessions k --text a --file b",
                "cache clear sessions k",
                "cache forget sessions k"
            })
    void whatMakesNoSenseIsAUsageError(String line) {
        assertThat(run(line).exitCode()).isEqualTo(2);
    }
}
