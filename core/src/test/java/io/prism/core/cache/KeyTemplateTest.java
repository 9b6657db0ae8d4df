package io.prism.core.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KeyTemplateTest {
    private static final KeyTemplate ROW = KeyTemplate.parse("user:{id}:profile");
    private static final KeyTemplate CHANGE = KeyTemplate.parse("user:{after.id}:profile");

    @Test
    void a_row_and_its_change_have_the_same_key() {
        // When
        String key = ROW.render(Map.of("id", "42")::get).orElseThrow();

        // Then
        assertThat(key).isEqualTo("user:42:profile");
        assertThat(CHANGE.keys(Map.of(), Map.of("id", "42"))).containsExactly(key);
        assertThat(ROW.sameKeysAs(CHANGE)).isTrue();
        assertThat(ROW.sameKeysAs(KeyTemplate.parse("users:{id}"))).isFalse();
    }

    @Test
    void a_delete_falls_back_to_before_and_a_moved_row_has_two_keys() {
        assertThat(CHANGE.keys(Map.of("id", "42"), Map.of())).containsExactly("user:42:profile");
        assertThat(CHANGE.keys(Map.of("id", "42"), Map.of("id", "43")))
                .containsExactlyInAnyOrder("user:42:profile", "user:43:profile");
        assertThat(CHANGE.keys(Map.of(), Map.of())).isEmpty();
    }

    @Test
    void what_one_image_lacks_the_other_has() {
        // Given a template of two columns, and a before with the primary key only
        KeyTemplate template = KeyTemplate.parse("{after.tenant}:{after.id}");

        // When
        var keys = template.keys(Map.of("id", "1"), Map.of("id", "2", "tenant", "acme"));

        // Then
        assertThat(keys).containsExactlyInAnyOrder("acme:1", "acme:2");
    }

    @Test
    void a_missing_value_or_a_long_key_is_not_cached() {
        assertThat(ROW.render(column -> null)).isEmpty();
        assertThat(ROW.render(column -> "x".repeat(1_011))).isPresent();
        assertThat(ROW.render(column -> "x".repeat(1_012))).isEmpty();
        assertThat(ROW.render(column -> "ä".repeat(600))).isEmpty();
    }

    @Test
    void no_two_rows_share_a_key() {
        // Given templates with and without something between their columns
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String alphabet = ":-%;ab1{}ä";
        for (String text : List.of("{a}:{b}", "{a}{b}", "{a}x{b}", "p:{a}-{b}:s", "{a}%{b}")) {
            KeyTemplate template = KeyTemplate.parse(text);
            Map<String, List<String>> rows = new HashMap<>();
            for (int i = 0; i < 20_000; i++) {
                List<String> row = List.of(some(random, alphabet), some(random, alphabet));
                String key =
                        template.render(Map.of("a", row.get(0), "b", row.get(1))::get)
                                .orElseThrow();

                // When a key comes twice, then so does the row
                List<String> other = rows.putIfAbsent(key, row);
                if (other != null) {
                    assertThat(row).as(text + " " + key).isEqualTo(other);
                }
            }
            assertThat(rows).hasSizeGreaterThan(1_000);
        }
    }

    private static String some(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Test
    void templates_that_mean_nothing_are_refused() {
        List<String> wrong =
                new ArrayList<>(List.of("user", "{}", "{a", "a}", "{a.b}", "{after.}"));
        for (String text : wrong) {
            assertThatThrownBy(() -> KeyTemplate.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(KeyTemplate.byDefault("shop.items", List.of("a", "b")))
                .hasToString("shop.items:{a}:{b}");
        assertThat(
                        KeyTemplate.byDefault("odd {table}", List.of("user-id", "{b}"))
                                .render(Map.of("user-id", "7", "{b}", "x y")::get))
                .contains("odd {table}:7:x%20y");
    }
}
