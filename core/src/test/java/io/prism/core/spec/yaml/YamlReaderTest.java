package io.prism.core.spec.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.yaml.YamlProblem.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class YamlReaderTest {

    @Test
    void a_tree_knows_its_places() {
        YamlNode root = YamlReader.read("a:\n  - b\n  - c: 'd'\n").root().orElseThrow();
        assertThat(root)
                .isEqualTo(
                        new YamlNode.Mapping(
                                List.of(
                                        new YamlNode.Entry(
                                                "a",
                                                new YamlNode.Sequence(
                                                        List.of(
                                                                new YamlNode.Scalar(
                                                                        "b", true, new Place(2, 5)),
                                                                new YamlNode.Mapping(
                                                                        List.of(
                                                                                new YamlNode.Entry(
                                                                                        "c",
                                                                                        new YamlNode
                                                                                                .Scalar(
                                                                                                "d",
                                                                                                false,
                                                                                                new Place(
                                                                                                        3,
                                                                                                        8)),
                                                                                        new Place(
                                                                                                3,
                                                                                                5))),
                                                                        new Place(3, 5))),
                                                        new Place(2, 3)),
                                                new Place(1, 1))),
                                new Place(1, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# only a comment", "---\n"})
    void a_text_may_say_nothing(String text) {
        assertThat(YamlReader.read(text).problems()).isEmpty();
        assertThat(YamlReader.read(text).root().filter(node -> !node.isNothing())).isEmpty();
    }

    @Test
    void ten_megabytes_are_refused_unread() {
        String text = "a: " + "x".repeat(10_000_000);
        long before = System.nanoTime();
        assertThat(only(text).kind()).isEqualTo(Kind.TOO_LARGE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void the_limit_is_in_bytes_not_characters() {
        assertThat(only("a: " + "ä".repeat(500_000)).kind()).isEqualTo(Kind.TOO_LARGE);
        assertThat(YamlReader.read("a: '" + "ä".repeat(499_990) + "'").problems()).isEmpty();
    }

    @Test
    void a_bomb_of_aliases_is_not_expanded() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertThat(YamlReader.read(bomb.toString()).problems())
                .isNotEmpty()
                .allSatisfy(p -> assertThat(p.kind()).isEqualTo(Kind.ALIASES))
                .hasSizeLessThan(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&a [*a]",
                "&a {b: *a}",
                "a: &x {y: z}\nb:\n  <<: *x",
                "a: *nowhere",
                "- &a !!str x\n- *a"
            })
    void aliases_and_recursion_are_refused(String text) {
        assertThat(YamlReader.read(text).problems())
                .extracting(YamlProblem::kind)
                .contains(Kind.ALIASES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!!java.net.URL ['http://x']",
                "a: !!javax.script.ScriptEngineManager []",
                "a: !local x",
                "a: !!str 5",
                "! a",
                "%TAG !e! tag:example.com,2000:\n---\na: !e!thing {}"
            })
    void tags_are_refused(String text) {
        assertThat(only(text).kind()).isEqualTo(Kind.TAG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "[{"})
    void depth_is_given_up_before_it_costs_anything(String piece) {
        assertThat(YamlReader.read(piece.repeat(900_000 / piece.length())).problems())
                .extracting(YamlProblem::kind)
                .containsAnyOf(Kind.TOO_DEEP, Kind.SYNTAX);
        assertThat(only("[".repeat(51) + "]".repeat(51)).kind()).isEqualTo(Kind.TOO_DEEP);
        assertThat(YamlReader.read("[".repeat(50) + "]".repeat(50)).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:\n- ", "- a\n", "? a\n", "- [a]\n", "a: b\n"})
    void crowds_are_given_up(String piece) {
        assertThat(only(piece.repeat(900_000 / piece.length())).kind()).isEqualTo(Kind.TOO_LARGE);
    }

    @Test
    void depth_by_indentation_is_given_up_too() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            text.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(only(text.toString()))
                .satisfies(
                        p -> {
                            assertThat(p.kind()).isEqualTo(Kind.TOO_DEEP);
                            assertThat(p.place()).isEqualTo(new Place(51, 51));
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "a: \u0007",
                "a: \u001b[31m",
                "\ud800",
                "a\udc00b",
                "\ufffd",
                "\u0080",
                "\uffff"
            })
    void characters_that_are_no_text_are_refused(String text) {
        assertThat(only(text).kind()).isEqualTo(Kind.CHARACTER);
    }

    @Test
    void a_bad_character_is_placed() {
        assertThat(only("a: b\r\nc: 😀\u0001").place()).isEqualTo(new Place(2, 5));
    }

    @Test
    void emoji_a_byte_order_mark_and_other_line_ends_are_text() {
        assertThat(YamlReader.read("\ufeffa: 😀\r\nb: c\rd: e\n").problems()).isEmpty();
    }

    @Test
    void a_second_document_is_refused_at_its_place() {
        YamlProblem problem = only("a: b\n---\nc: d\n---\ne: f\n");
        assertThat(problem.kind()).isEqualTo(Kind.DOCUMENTS);
        assertThat(problem.place()).isEqualTo(new Place(2, 1));
        assertThat(YamlReader.read("---\na: b\n...\n").problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"? [a, b]\n: c", "{[a]: b}", "{{a: b}: c}", "{{a: b}}"})
    void keys_must_be_texts(String text) {
        assertThat(only(text).kind()).isEqualTo(Kind.KEY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a:\n\tb: c'         | 2 | 1 | indent with spaces, not tabs",
                "'a: b: c'            | 1 | 5 | quote the text if the colon is part of it, and check the indentation",
                "'a: [b, c'           | 1 | 9 | close the bracket or brace, or quote the text if it holds one",
                "'a: @b'              | 1 | 4 | quote the text",
                "'a:\n  - b\n c: d'   | 3 | 2 | check the indentation of this line against the ones above",
            })
    void a_syntax_error_has_its_place_and_a_remedy(
            String text, int line, int column, String suggestion) {
        YamlProblem problem = only(text);
        assertThat(problem.kind()).isEqualTo(Kind.SYNTAX);
        assertThat(problem.suggestion()).isEqualTo(suggestion);
        assertThat(problem.place()).isEqualTo(new Place(line, column));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\\xZZ\"",
                "'open",
                "\"open",
                "a: |9999\n b",
                "%YAML 9.9\n---\na: b",
                "%YAML 1.1 x",
                "a: \"\\uD800\"",
                "}",
                "]",
                ":",
                "- - a\n b",
                "&",
                "*",
                "!<",
                "a: &b",
                "? a\n? b",
                "\"\\U99999999\""
            })
    void nothing_a_text_says_is_thrown(String text) {
        YamlReader.Result result = YamlReader.read(text);
        assertThat(result).isNotNull();
    }

    @Test
    void a_null_is_not_the_quoted_word() {
        YamlNode.Mapping mapping =
                (YamlNode.Mapping)
                        YamlReader.read("a: null\nb: 'null'\nc:\nd: ~").root().orElseThrow();
        assertThat(mapping.entries())
                .extracting(entry -> entry.value().isNothing())
                .containsExactly(true, false, true, true);
    }

    private static YamlProblem only(String text) {
        YamlReader.Result result = YamlReader.read(text);
        assertThat(result.root()).isEqualTo(Optional.empty());
        assertThat(result.problems()).hasSize(1);
        return result.problems().getFirst();
    }
}
