package io.prism.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.cache.Interleaving.Points;
import io.prism.core.cache.ModelCache.Flaw;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A million interleavings over the scripts' model, none of which leaves an old value. */
final class FencesPropertyTest {
    private static final int INTERLEAVINGS = Integer.getInteger("prism.interleavings", 1_050_000);
    private static final int KEYS = 2;

    private record Totals(long stale, long hits, long stored, long fenced) {}

    private static Totals run(int interleavings, long seed, Points points, Flaw flaw) {
        Random random = new Random(seed);
        long stale = 0;
        long hits = 0;
        long stored = 0;
        long fenced = 0;
        for (int i = 0; i < interleavings; i++) {
            long own = random.nextLong();
            Interleaving.Result result =
                    new Interleaving(own, new ModelCache(KEYS, flaw), KEYS, points, i % 2 == 0)
                            .run(30 + random.nextInt(60));
            if (flaw == Flaw.NONE && result.stale() > 0) {
                throw new AssertionError("interleaving with seed " + own + " is stale: " + result);
            }
            stale += result.stale();
            hits += result.hits();
            stored += result.stored();
            fenced += result.fenced();
        }
        return new Totals(stale, hits, stored, fenced);
    }

    @ParameterizedTest
    @EnumSource(Points.class)
    void no_interleaving_serves_or_leaves_an_old_value(Points points) {
        // Given
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        int share = INTERLEAVINGS / Points.values().length;

        // When
        Totals totals = run(share, seed, points, Flaw.NONE);

        // Then something was served, stored and refused, too
        System.out.println(points + " " + totals);
        assertThat(totals.stale()).isZero();
        assertThat(totals.hits()).isGreaterThan(share / 10);
        assertThat(totals.stored()).isGreaterThan(share / 10);
        assertThat(totals.fenced()).isGreaterThan(share / 10);
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void each_part_of_the_protocol_is_missed(Flaw flaw) {
        // When it is left out
        Totals totals = run(20_000, 20_261_122, Points.BOTH, flaw);

        // Then the same interleavings find it
        assertThat(totals.stale()).isPositive();
    }

    @Test
    void the_end_of_the_log_is_no_fence() {
        // Given a transaction that is in the log, captured and made known, and not visible yet
        ModelCache cache = new ModelCache(1, Flaw.NONE);
        long endOfLog = 120;
        cache.invalidate(0, new ChangePoint(7, 100));
        CacheSteps.Found.Miss miss = (CacheSteps.Found.Miss) cache.lookup(0);

        // When a reader that does not see it fills, with its snapshot
        FillOutcome outcome = cache.fill(0, miss.token(), 1, ReadPoint.ofXmin(7));

        // Then it is refused, which the log's end would not have done
        assertThat(outcome).isEqualTo(FillOutcome.OLDER);
        miss = (CacheSteps.Found.Miss) cache.lookup(0);
        assertThat(cache.fill(0, miss.token(), 1, ReadPoint.ofLsn(endOfLog)))
                .isEqualTo(FillOutcome.STORED);
    }
}
