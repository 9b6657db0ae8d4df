package io.prism.topologies.rehydration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {
    private final Budget budget = new Budget(100);

    @Test
    void takes_up_to_its_capacity() {
        assertThat(budget.tryTake("a", "of-a", 60)).isTrue();
        assertThat(budget.tryTake("b", "of-b", 40)).isTrue();
        assertThat(budget.tryTake("c", "of-c", 1)).isFalse();
        budget.giveBack("of-b", 40);
        assertThat(budget.tryTake("c", "of-c", 1)).isTrue();
        assertThat(budget.used()).isEqualTo(61);
    }

    @Test
    void small_ones_do_not_pass_a_large_one_that_waits() {
        assertThat(budget.tryTake("a", "of-a", 60)).isTrue();
        assertThat(budget.tryTake("large", "of-large", 90)).isFalse();
        assertThat(budget.tryTake("small", "of-small", 10)).as("large is first in line").isFalse();
        budget.giveBack("of-a", 60);
        assertThat(budget.tryTake("small", "of-small", 10)).isFalse();
        assertThat(budget.tryTake("large", "of-large", 90)).isTrue();
        assertThat(budget.tryTake("small", "of-small", 10)).isTrue();
    }

    @Test
    void who_leaves_the_line_lets_the_next_one_in() {
        assertThat(budget.tryTake("a", "of-a", 60)).isTrue();
        assertThat(budget.tryTake("large", "of-large", 90)).isFalse();
        budget.leave("large");
        assertThat(budget.tryTake("small", "of-small", 40)).isTrue();
    }

    @Test
    void one_larger_than_all_there_is_goes_alone() {
        assertThat(budget.tryTake("huge", "of-huge", 1_000)).isTrue();
        assertThat(budget.tryTake("b", "of-b", 1)).isFalse();
        budget.giveBack("of-huge", 1_000);
        assertThat(budget.tryTake("b", "of-b", 1)).isTrue();
    }

    @Test
    void a_namespace_gets_half_and_keeps_nobody_else_waiting() {
        assertThat(budget.tryTake("a", "down", 30)).isTrue();
        assertThat(budget.tryTake("b", "down", 30)).isFalse();
        assertThat(budget.tryTake("c", "up", 50)).isTrue();
        budget.giveBack("down", 30);
        assertThat(budget.tryTake("b", "down", 30)).isTrue();
    }
}
