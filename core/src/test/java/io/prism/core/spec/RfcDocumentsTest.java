package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents people were promised, unchanged. */
class RfcDocumentsTest {
    private static final Path FOLDER = Path.of("src/test/resources/rfc");

    private final NamespaceDocuments documents = new NamespaceDocuments(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "layer-2-claim-check-outbox",
                "publisher-with-claim-check",
                "outbox-claim-check",
                "cdc-cache-invalidation",
                "requirements",
                "configuration-schema"
            })
    void a_document_of_the_rfc_is_planned_as_agreed(String name) throws IOException {
        // When
        ParsedDocument document = documents.read(rfc(name));

        // Then
        assertThat(Plans.violations(document)).isEmpty();
        Path golden = FOLDER.resolve(name + ".plan.txt");
        if (Boolean.getBoolean("prism.golden.write")) {
            Files.writeString(golden, Plans.text(document));
        }
        assertThat(Plans.text(document))
                .as(
                        "%s; rewrite it with -Dprism.golden.write=true and look at the difference",
                        golden)
                .isEqualTo(Files.readString(golden));
        for (NamespacePlan plan : document.plans()) {
            assertThat(documents.read(plan.source()).plans()).containsExactly(plan);
        }
    }

    @Test
    void requirements_alone_come_to_the_chain_that_the_rfc_generates_from_them() {
        // Given
        String both = rfc("requirements");
        String alone = both.substring(0, both.indexOf("# Prism generates"));

        // When
        NamespaceSpec required = documents.read(alone).plans().getFirst().spec();
        NamespaceSpec generated = documents.read(both).plans().getFirst().spec();

        // Then
        assertThat(required.patterns().stream().map(PatternSpec::type))
                .containsExactly("outbox", "claim-check", "tiered-storage")
                .containsExactlyElementsOf(
                        generated.patterns().stream().map(PatternSpec::type).toList());
        assertThat(required.backend()).isEqualTo(generated.backend());
        assertThat(documents.read(alone).plans().getFirst().patterns())
                .extracting(NamespacePlan.PlannedPattern::reason)
                .containsExactly(
                        "requirement consistency: strong",
                        "requirement message_size: 5GB",
                        "requirement retention: 30 days");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backend: kafka",
                "patterns:\n  - type: claim-check\n    threshold: 1MB\nbackend: kafka",
                "patterns:\n  - type: outbox\n  - type: claim-check\nbackend: kafka",
                """
                patterns:
                  - type: outbox
                  - type: claim-check
                  - type: tiered-storage  # Archive old messages to S3
                  - type: cdc             # Replicate to analytics DB
                backend: kafka
                """
            })
    void each_phase_of_the_rfc_s_migration_loads(String phase) {
        assertThat(Plans.violations(documents.read("namespaces:\n  - name: m\n" + phase.indent(4))))
                .isEmpty();
    }

    @Test
    void the_end_to_end_test_s_configuration_loads_as_json() {
        ParsedDocument document =
                documents.read(
                        """
                        {"namespaces": [{
                            "name": "test",
                            "client_api": "pubsub",
                            "patterns": [
                                {"type": "outbox", "database": "postgres"},
                                {"type": "claim-check", "threshold": "1MB", "storage": "s3"}
                            ],
                            "backend": {"type": "kafka"}
                        }]}
                        """);
        assertThat(Plans.violations(document)).isEmpty();
        assertThat(document.plans().getFirst().spec().patterns()).hasSize(2);
    }

    private static String rfc(String name) {
        try {
            return Files.readString(FOLDER.resolve(name + ".yaml"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
