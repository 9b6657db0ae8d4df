package io.prism.core.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransactionIdsTest {
    @Test
    void theNextIdIsToldByTheAgeOfTheFirst() {
        assertThat(TransactionIds.next(800, 797)).isEqualTo(800);
        assertThat(TransactionIds.next(800, 800)).isEqualTo(803);
    }

    @Test
    void agesCountBy32BitsAndIdsBy64() {
        long epoch = 5L << 32;
        assertThat(TransactionIds.next(epoch + 800, 797)).isEqualTo(epoch + 800);
        assertThat(TransactionIds.next(epoch - 2, 7)).isEqualTo(epoch + 10);
        assertThat(TransactionIds.next(epoch + (1L << 31) + 5, (int) ((1L << 31) + 6)))
                .isEqualTo(epoch + (1L << 31) + 9);
    }
}
