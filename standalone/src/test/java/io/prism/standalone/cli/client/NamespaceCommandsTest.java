package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceCommandsTest {
    private static final String GOOD =
            """
            namespaces:
              - name: orders
                client_api: pubsub
                patterns:
                  - type: claim-check
                    threshold: 1MB
                backend: kafka
            """;
    private static final String BAD = GOOD.replace("threshold", "treshold");

    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;
    private Path good;
    private Path bad;

    @SuppressWarnings("NullAway.Init")
    NamespaceCommandsTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        command = new CommandLineRunner(prism.address());
        good = Files.writeString(folder.resolve("good.yaml"), GOOD);
        bad = Files.writeString(folder.resolve("bad.yaml"), BAD);
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void aViolationIsShownWithItsLineAndACaret() {
        // When
        Result result = command.run("validate", "--server", bad.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .isEqualTo(
                        """
                        %1$s:6:9: error: UNKNOWN_OPTION at namespaces[0].patterns[0].treshold
                          claim-check has no option "treshold".
                          6 │         treshold: 1MB
                            │         ^
                          found:   treshold
                          allowed: threshold, compression
                          try:     did you mean "threshold"?

                        %1$s: invalid, 1 violation
                        """
                                .formatted(bad));
    }

    @Test
    void validationAsJsonIsOneObjectAFile() {
        // When
        Result result =
                command.run("validate", "--server", "--json", bad.toString(), good.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        JsonNode first = result.json().get(0);
        assertThat(first.get("valid").asBoolean()).isFalse();
        JsonNode violation = first.get("violations").get(0);
        assertThat(violation.get("line").asInt()).isEqualTo(6);
        assertThat(violation.get("allowed").get(0).asText()).isEqualTo("threshold");
        JsonNode second = result.json().get(1);
        assertThat(second.get("valid").asBoolean()).isTrue();
        assertThat(second.get("plans").get(0).get("namespace").asText()).isEqualTo("orders");
    }

    @Test
    void validationNeedsNoServer() {
        // Given
        prism.close();

        // When
        Result result = command.stdin(GOOD).runExactly("validate", "-");

        // Then
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).startsWith("<stdin>: valid");
    }

    @Test
    void aFileThatIsNotThereIsAUsageError() {
        // When
        Result result = command.run("validate", folder.resolve("none.yaml").toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("There is no file " + folder.resolve("none.yaml"));
    }

    @Test
    void applyCreatesAndShowsWhatWasMade() {
        // When
        Result result = command.run("apply", good.toString());

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        """
                        created orders
                        orders (pubsub)
                        ├─ chain: publish → claim-check → outbox → kafka
                        │  ├─ claim-check@1
                        │  │  ├─ why: declared
                        │  │  └─ threshold = 1MB
                        │  ├─ outbox@1  [not available here yet]
                        │  │  └─ why: requirement consistency: strong
                        │  └─ backend kafka
                        │     └─ partitions = 4
                        ├─ objects
                        │  └─ bucket claims
                        │     └─ prefix = orders/
                        └─ notes
                           └─ outbox comes first, because it holds the transaction
                        """);
        assertThat(result.err()).contains("warning: BROKERS_REPLACED");
    }

    @Test
    void applyOfAnInvalidDocumentShowsEveryViolationAndCreatesNothing() {
        // When
        Result result = command.run("apply", bad.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("bad.yaml:6:9: error: UNKNOWN_OPTION");
        assertThat(result.err()).contains("nothing was created");
        assertThat(command.run("namespaces", "--json").json()).isEmpty();
    }

    @Test
    void applyOfANamespaceThatExistsIsRefused() {
        // Given
        command.run("apply", good.toString());

        // When
        Result result = command.run("apply", good.toString());

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("ALREADY_EXISTS NAMESPACE_EXISTS").contains("  try: ");
    }

    @Test
    void explainAsksForANamespaceAndReadsAFileItself() {
        // Given
        command.run("apply", good.toString());

        // When
        Result byName = command.run("explain", "orders", "--json");
        Result byFile = command.runExactly("explain", good.toString());
        Result missing = command.run("explain", "nothing");

        // Then
        assertThat(byName.json().getFirst().get("patterns").get(1).get("available").asBoolean())
                .isFalse();
        assertThat(byFile.exitCode()).as(byFile.err()).isZero();
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("NAMESPACE_NOT_FOUND");
    }

    @Test
    void listsGetsAndDeletesNamespaces() {
        // Given
        command.run("apply", good.toString());

        // When
        Result list = command.run("namespaces");
        Result got = command.run("namespaces", "get", "orders", "--json");
        Result kept = command.stdin("\n").run("namespaces", "delete", "orders");
        Result deleted =
                command.stdin("y\n").run("namespaces", "delete", "orders", "--delete-data");
        Result gone = command.run("namespaces", "get", "orders");

        // Then
        assertThat(list.out()).isEqualTo("orders  pubsub    claim-check → outbox → kafka\n");
        assertThat(got.json().getFirst().get("document").asText()).isEqualTo(GOOD);
        assertThat(kept.exitCode()).isEqualTo(1);
        assertThat(deleted.exitCode()).isZero();
        assertThat(prism.admin().dataDeleted).isTrue();
        assertThat(gone.exitCode()).isEqualTo(1);
    }

    @Test
    void getWithoutANameIsAUsageError() {
        // When
        Result result = command.run("namespaces", "get");

        // Then
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("needs a NAME");
    }

    @Test
    void everyCommandExplainsItselfWithExamplesAndExitCodes() {
        for (Class<?> type : ClientCommands.all()) {
            String name = type.getAnnotation(picocli.CommandLine.Command.class).name();
            Result help = command.runExactly(name, "--help");
            assertThat(help.exitCode()).as(name).isZero();
            assertThat(help.out())
                    .as(name)
                    .contains("Usage: prism " + name)
                    .contains("Examples:")
                    .contains("Exit codes:")
                    .contains("no Prism answers");
        }
    }

    @Test
    void theRegisteredClassesCanBeMadeByPicocli() {
        picocli.CommandLine root =
                new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create());
        ClientCommands.all().forEach(root::addSubcommand);
        assertThat(root.getSubcommands()).hasSize(ClientCommands.all().size());
    }

    @Test
    void shellCompletionKnowsEveryCommandAndItsWords() {
        // Given
        picocli.CommandLine root =
                new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create());
        ClientCommands.all().forEach(root::addSubcommand);

        // When
        String script = picocli.AutoComplete.bash("prism", root);

        // Then
        assertThat(script)
                .contains("subscriptions")
                .contains("\"claim-check\"")
                .contains("\"explicit\"")
                .contains("\"hex\"");
    }
}
