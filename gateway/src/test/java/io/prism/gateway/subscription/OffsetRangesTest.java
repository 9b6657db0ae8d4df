package io.prism.gateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class OffsetRangesTest {
    @Test
    void it_holds_what_a_set_of_offsets_would_hold() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            OffsetRanges ranges = new OffsetRanges();
            TreeSet<Long> plain = new TreeSet<>();
            for (int step = 0; step < 60; step++) {
                long offset = random.nextInt(40);
                if (random.nextInt(8) == 0) {
                    ranges.removeBefore(offset);
                    plain.headSet(offset).clear();
                } else {
                    long end = offset + 1 + random.nextInt(4);
                    ranges.add(offset, end);
                    for (long o = offset; o < end; o++) {
                        plain.add(o);
                    }
                }
                TreeSet<Long> held = new TreeSet<>();
                for (long o = 0; o < 50; o++) {
                    if (ranges.contains(o)) {
                        held.add(o);
                    }
                }
                assertThat(held).as("seed %d, step %d", seed, step).isEqualTo(plain);
            }
        }
    }

    @Test
    void a_million_offsets_in_a_row_are_one_run() {
        OffsetRanges ranges = new OffsetRanges();
        for (long offset = 999_999; offset >= 0; offset--) {
            ranges.add(offset, offset + 1);
        }
        assertThat(ranges.from(0)).hasSize(1).containsEntry(0L, 1_000_000L);
    }
}
