package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prism.standalone.cli.client.demo.Chapters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every chapter of the demo, against real servers. */
final class DemoIT {
    private static final Map<String, Integer> CHECKS =
            Map.of(
                    "claim-check",
                    9,
                    "lifecycle",
                    8,
                    "rehydrate",
                    7,
                    "queue",
                    19,
                    "outbox",
                    6,
                    "cache",
                    9);

    @Test
    void everyChapterIsToldHere() {
        assertThat(CHECKS.keySet()).containsExactlyInAnyOrderElementsOf(new Chapters());
    }

    @ParameterizedTest
    @ValueSource(strings = {"claim-check", "lifecycle", "rehydrate", "queue", "outbox", "cache"})
    void aChapterHoldsAndLeavesNothing(String chapter) {
        // When
        List<JsonNode> checks = Command.ok("demo", "--chapter", chapter, "--json").json();

        // Then
        assertThat(checks)
                .hasSize(CHECKS.getOrDefault(chapter, 0))
                .allMatch(check -> check.get("holds").asBoolean());
        assertThat(Command.ok("namespaces", "--json").out()).doesNotContain("demo-" + chapter);
    }

    @Test
    void itIsToldInWords() {
        String told = Command.ok("demo", "--chapter", "claim-check").out();
        assertThat(told).contains("━━ claim-check: ", "All 9 checks held.");
    }
}
