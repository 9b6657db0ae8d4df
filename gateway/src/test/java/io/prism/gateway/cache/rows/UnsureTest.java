package io.prism.gateway.cache.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class UnsureTest {
    private final Unsure unsure = new Unsure();

    private CompletableFuture<Void> told(String key) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        var unused = unsure.told(List.of(key), () -> outcome);
        return outcome;
    }

    private CompletableFuture<Void> toldAll() {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        var unused = unsure.toldAll(() -> outcome);
        return outcome;
    }

    private static void fail(CompletableFuture<Void> outcome) {
        outcome.completeExceptionally(new TimeoutException());
    }

    @Test
    void a_key_is_unsure_until_a_later_invalidation_is_confirmed() {
        // Given one that began before and one that began after the one that fails
        CompletableFuture<Void> before = told("k");
        CompletableFuture<Void> failing = told("k");
        CompletableFuture<Void> after = told("k");
        assertThat(unsure.holds("k")).isFalse();

        // When
        fail(failing);
        assertThat(unsure.holds("k")).isTrue();
        assertThat(unsure.holds("other")).isFalse();
        before.complete(null);

        // Then
        assertThat(unsure.holds("k")).isTrue();
        after.complete(null);
        assertThat(unsure.holds("k")).isFalse();
    }

    @Test
    void a_clearing_makes_all_keys_sure_that_were_not_when_it_began() {
        // Given
        fail(told("a"));
        CompletableFuture<Void> clearing = toldAll();
        fail(told("b"));

        // When
        clearing.complete(null);

        // Then
        assertThat(unsure.holds("a")).isFalse();
        assertThat(unsure.holds("b")).isTrue();
    }

    @Test
    void a_clearing_that_fails_leaves_every_key_unsure() {
        // Given
        fail(toldAll());
        assertThat(unsure.holds("any")).isTrue();

        // When
        told("any").complete(null);
        assertThat(unsure.holds("any")).isTrue();
        toldAll().complete(null);

        // Then
        assertThat(unsure.holds("any")).isFalse();
    }

    @Test
    void too_many_keys_are_all_keys() {
        // Given
        for (int i = 0; i < Unsure.MOST; i++) {
            fail(told("k" + i));
        }
        assertThat(unsure.all()).isFalse();
        CompletableFuture<Void> early = toldAll();

        // When
        fail(told("one more"));

        // Then
        assertThat(unsure.all()).isTrue();
        assertThat(unsure.holds("k1")).isTrue();
        assertThat(unsure.holds("any")).isTrue();
        early.complete(null);
        assertThat(unsure.holds("one more")).isTrue();
        toldAll().complete(null);
        assertThat(unsure.holds("one more")).isFalse();
        assertThat(unsure.holds("k1")).isFalse();
    }

    @Test
    void what_is_not_answered_has_failed() {
        // Given
        CompletableFuture<Void> outcome = new CompletableFuture<>();

        // When
        CompletableFuture<Void> told = unsure.told(List.of("k"), () -> outcome);

        // Then
        assertThat(told).failsWithin(java.time.Duration.ofSeconds(10));
        assertThat(unsure.holds("k")).isTrue();
    }
}
