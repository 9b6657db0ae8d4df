package io.prism.gateway.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HorizonTest {

    @Test
    void itIsTheEndOfTheLogWhileNothingIsWritten() {
        Horizon horizon = new Horizon();
        assertThat(horizon.of(100, 7, 7)).isEqualTo(100);
        assertThat(horizon.of(200, 7, 7)).isEqualTo(200);
        assertThat(horizon.of(300, 9, 9)).isEqualTo(300);
    }

    @Test
    void itStaysBeforeATransactionThatIsUnderWay() {
        Horizon horizon = new Horizon();
        assertThat(horizon.of(100, 7, 7)).isEqualTo(100);
        assertThat(horizon.of(200, 7, 8)).as("7 is under way").isEqualTo(100);
        assertThat(horizon.of(300, 7, 9)).isEqualTo(100);
        assertThat(horizon.of(400, 8, 9)).as("7 is over, and 8 is not").isEqualTo(200);
        assertThat(horizon.of(500, 9, 9)).isEqualTo(500);
    }

    @Test
    void nothingIsSureToAGatewayThatStartsMeanwhile() {
        Horizon horizon = new Horizon();
        assertThat(horizon.of(100, 7, 9)).isZero();
        assertThat(horizon.of(150, 8, 9)).isZero();
        assertThat(horizon.of(200, 9, 9)).isEqualTo(200);
    }

    @Test
    void aDatabaseThatWasRestoredStartsAgain() {
        Horizon horizon = new Horizon();
        assertThat(horizon.of(1L << 40, 5_000_000, 5_000_000)).isEqualTo(1L << 40);
        assertThat(horizon.of(1000, 700, 701)).isZero();
        assertThat(horizon.of(1100, 701, 701)).isEqualTo(1100);
    }

    @Test
    void itForgetsWhatNobodyNeedsAndKeepsWhatALongTransactionDoes() {
        Horizon horizon = new Horizon();
        assertThat(horizon.of(1, 10, 10)).isEqualTo(1);
        for (int i = 1; i < 100_000; i++) {
            assertThat(horizon.of(i * 10L, 10, 10 + i)).isEqualTo(1);
        }
        assertThat(horizon.of(1_000_000, 100_010, 100_010)).isEqualTo(1_000_000);
    }

    /**
     * A database in small: transactions get an id, write, tell a position, write their commit
     * record, and become visible some time after it; reads look at the log's end, at a snapshot and
     * the next id, and at the row, with anything in between. A snapshot ends, as PostgreSQL's does,
     * after the last id that is over: later ones, though under way, are not its xmin.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverARowLacksIsBehindItsPosition(long seed) {
        Random random = new Random(seed);
        Horizon horizon = new Horizon();
        List<Writer> writers = new ArrayList<>();
        List<Read> reads = new ArrayList<>();
        long[] log = {1};
        long[] ids = {1};
        long[] lastOver = {0};
        TreeSet<Long> underWay = new TreeSet<>();
        int useful = 0;
        int done = 0;
        for (int step = 0; step < 60_000; step++) {
            if (random.nextInt(10) == 0 && writers.size() < 6) {
                writers.add(new Writer());
            }
            if (random.nextInt(5) == 0 && reads.size() < 4) {
                reads.add(new Read());
            }
            if (!writers.isEmpty()) {
                Writer writer = writers.get(random.nextInt(writers.size()));
                writer.step(log, ids, lastOver, underWay);
            }
            if (!reads.isEmpty()) {
                Read read = reads.get(random.nextInt(reads.size()));
                if (read.step(log, ids, lastOver, underWay, writers)) {
                    reads.remove(read);
                    read.position = horizon.of(read.end, read.xmin, read.next);
                    useful += read.position > 0 ? 1 : 0;
                    done++;
                    for (Writer lacking : read.lacking) {
                        assertThat(
                                        lacking.commitRecord == 0
                                                || lacking.commitRecord > read.position)
                                .as("seed %d: a commit the row lacks", seed)
                                .isTrue();
                        assertThat(lacking.told == 0 || lacking.told > read.position)
                                .as("seed %d: a position of a write the row lacks", seed)
                                .isTrue();
                        lacking.laterThan(read.position);
                    }
                }
            }
            writers.removeIf(Writer::isOver);
        }
        assertThat(done).isGreaterThan(1_000);
        assertThat(useful).as("and it does rise").isGreaterThan(done / 2);
    }

    private static final class Writer {
        private int stage;
        private long id;
        private long told;
        private long commitRecord;
        private long highest;

        void step(long[] log, long[] ids, long[] lastOver, NavigableSet<Long> underWay) {
            switch (stage) {
                case 0 -> {
                    id = ids[0]++;
                    underWay.add(id);
                }
                case 1 -> log[0]++; // the row
                case 2 -> {
                    told = log[0];
                    assertThat(told).isGreaterThan(highest);
                }
                case 3 -> {
                    commitRecord = ++log[0];
                    assertThat(commitRecord).isGreaterThan(highest);
                }
                case 4 -> {
                    underWay.remove(id);
                    lastOver[0] = Math.max(lastOver[0], id);
                }
                default -> throw new IllegalStateException();
            }
            stage++;
        }

        /** What it has not written yet must be behind a position it is lacking at. */
        void laterThan(long position) {
            highest = Math.max(highest, position);
        }

        boolean isOver() {
            return stage == 5;
        }
    }

    private static final class Read {
        private int stage;
        private long end;
        private long xmin;
        private long next;
        private long position;
        private List<Writer> lacking = List.of();

        boolean step(
                long[] log,
                long[] ids,
                long[] lastOver,
                NavigableSet<Long> underWay,
                List<Writer> writers) {
            switch (stage) {
                case 0 -> end = log[0];
                case 1 -> {
                    long xmax = lastOver[0] + 1;
                    xmin = underWay.isEmpty() ? xmax : Math.min(xmax, underWay.first());
                    next = ids[0];
                }
                case 2 -> lacking = writers.stream().filter(w -> w.stage < 5).toList();
                default -> throw new IllegalStateException();
            }
            stage++;
            return stage == 3;
        }
    }
}
