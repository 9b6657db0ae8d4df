package io.prism.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.NamespaceSpec;
import io.prism.core.table.StoredNamespace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespaceReaderTest {
    private final NamespaceReader reader = new NamespaceReader();

    private static String stored(String name, String rest) {
        return new StoredNamespace(
                        "namespaces: [{name: " + name + rest + "}]",
                        Instant.parse("2026-11-22T10:00:00Z"))
                .toJson();
    }

    @Test
    void reads_what_is_in_the_table_by_name() {
        assertThat(
                        reader.namespaces(
                                Map.of(
                                        "b",
                                        stored("b", ""),
                                        "a",
                                        stored("a", ", patterns: [{type: claim-check}]"))))
                .extracting(spec -> spec.name().value())
                .containsExactly("a", "b");
    }

    @Test
    void reads_again_only_what_has_changed() {
        // Given
        List<NamespaceSpec> before =
                reader.namespaces(Map.of("a", stored("a", ""), "b", stored("b", "")));

        // When
        List<NamespaceSpec> after =
                reader.namespaces(
                        Map.of("a", stored("a", ""), "b", stored("b", ", client_api: queue")));

        // Then
        assertThat(after.get(0)).isSameAs(before.get(0));
        assertThat(after.get(1)).isNotEqualTo(before.get(1));
    }

    @Test
    void a_pattern_of_a_gateway_s_own_does_not_hide_the_namespace() {
        assertThat(
                        reader.namespaces(
                                Map.of(
                                        "a",
                                        stored(
                                                "a",
                                                ", patterns: [{type: redact, field: x}, {type:"
                                                        + " claim-check, rehydrate: true}]"))))
                .hasSize(1);
    }

    @Test
    void what_cannot_be_read_is_left_out_and_the_others_stay() {
        assertThat(
                        reader.namespaces(
                                Map.of("a", stored("a", ", nonsense: 1"), "b", stored("b", ""))))
                .extracting(spec -> spec.name().value())
                .containsExactly("b");
    }
}
