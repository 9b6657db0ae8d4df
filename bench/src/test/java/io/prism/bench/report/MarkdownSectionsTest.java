package io.prism.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownSectionsTest {
    private static final String TEXT =
            """
            # Numbers
            <!-- bench:one -->
            old
            <!-- /bench:one -->
            Words between.
            <!-- bench:one-more -->
            <!-- /bench:one-more -->
            """;

    @Test
    void replaces_what_stands_between_the_markers_and_nothing_else() {
        assertThat(MarkdownSections.replace(TEXT, "one", "new $1 \\ text\n\n"))
                .isEqualTo(TEXT.replace("old", "new $1 \\ text"));
    }

    @Test
    void replacing_twice_is_replacing_once() {
        String once = MarkdownSections.replace(TEXT, "one-more", "x");

        assertThat(MarkdownSections.replace(once, "one-more", "x")).isEqualTo(once);
        assertThat(once).contains("old").contains("Words between.\n<!-- bench:one-more -->\nx\n");
    }

    @Test
    void refuses_a_text_whose_markers_are_missing_repeated_or_turned_around() {
        assertThatThrownBy(() -> MarkdownSections.replace(TEXT, "two", ""))
                .hasMessage("the marker <!-- bench:two --> is missing");
        assertThatThrownBy(() -> MarkdownSections.replace(TEXT + TEXT, "one", ""))
                .hasMessage("the marker <!-- bench:one --> stands there twice");
        assertThatThrownBy(
                        () ->
                                MarkdownSections.replace(
                                        "<!-- /bench:a --> <!-- bench:a -->", "a", ""))
                .hasMessageContaining("stands before");
    }

    @Test
    void writes_all_sections_or_none(@TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("performance.md"), TEXT);

        // When
        MarkdownSections.write(file, Map.of("one", "1", "one-more", "2"));

        // Then
        assertThat(file).content().contains("-->\n1\n<!--").contains("-->\n2\n<!--");
        assertThatThrownBy(
                        () -> MarkdownSections.write(file, Map.of("one", "changed", "gone", "3")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).content().doesNotContain("changed");
        MarkdownSections.check(file, List.of("one"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
