package io.prism.bench.load;

import static io.prism.v1.ServedBy.SERVED_BY_CACHE;
import static io.prism.v1.ServedBy.SERVED_BY_DATABASE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.v1.GetResponse;
import io.prism.v1.ServedBy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Reads of rows, against a server that answers as it is told. */
class RowReadsTest {
    private static final Duration ROUND = Duration.ofMillis(500);

    /** Twice this long is waited for a machine that stands still. */
    private static final Duration LONG_ROUND = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final RowTexts TEXTS = new RowTexts(1, 100);

    private final Meter meter = new Meter();
    private final LongAdder elsewhere = new LongAdder();
    private final AtomicLong asked = new AtomicLong();

    private static GetResponse row(long id, long version, ServedBy servedBy) {
        return FakeReader.row(id, version, TEXTS.of(id), servedBy);
    }

    private ReaderGets gets(FakeReader reader) {
        return new ReaderGets(
                reader.channels(),
                new ReaderRows("rows", TEXTS),
                index -> 1 + index,
                SERVED_BY_CACHE,
                elsewhere);
    }

    private static FreshReads fresh(FakeReader reader, Duration patience, Meter steps) {
        return new FreshReads(reader.channels(), new ReaderRows("rows", TEXTS), patience, steps);
    }

    private FakeReader counting(LongFunction<GetResponse> answers) throws Exception {
        return new FakeReader(
                id -> {
                    asked.incrementAndGet();
                    return answers.apply(id);
                });
    }

    @Test
    void a_closed_loop_reads_each_row_once_and_ends_with_the_last() throws Exception {
        // Given
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        try (FakeReader reader =
                counting(
                        id -> {
                            ids.add(id);
                            return row(id, 0, id == 7 ? SERVED_BY_DATABASE : SERVED_BY_CACHE);
                        })) {
            // When
            long nanos =
                    new CallLoad(PATIENCE)
                            .closedLoop(gets(reader), 8, 100, Duration.ofMinutes(5), meter);

            // Then
            assertThat(nanos).isLessThan(Duration.ofMinutes(1).toNanos());
        }
        assertThat(meter.acknowledgedCount()).isEqualTo(100);
        assertThat(meter.failedCount()).isZero();
        assertThat(asked).hasValue(100);
        assertThat(ids).hasSize(100).contains(1L, 100L);
        assertThat(elsewhere.sum()).isOne();
    }

    @Test
    void an_open_loop_reads_at_its_rate() throws Exception {
        try (FakeReader reader = counting(id -> row(id, 0, SERVED_BY_CACHE))) {
            long _ = new CallLoad(PATIENCE).openLoop(gets(reader), 50, 50, LONG_ROUND, meter);
        }
        assertThat(meter.acknowledgedCount()).isEqualTo(100);
        assertThat(meter.latencies().getTotalCount()).isEqualTo(100);
        assertThat(asked).hasValue(100);
    }

    @Test
    void what_is_refused_missing_or_not_what_was_written_fails_and_stops_its_caller()
            throws Exception {
        // Given
        try (FakeReader reader =
                counting(
                        id ->
                                switch ((int) id) {
                                    case 1 -> GetResponse.getDefaultInstance();
                                    case 2 -> row(3, 0, SERVED_BY_CACHE);
                                    case 3 -> FakeReader.row(3, 0, TEXTS.of(4), SERVED_BY_CACHE);
                                    default -> throw new IllegalStateException("no room");
                                })) {
            // When
            long _ =
                    new CallLoad(PATIENCE)
                            .closedLoop(gets(reader), 4, 1_000, Duration.ofMinutes(5), meter);
        }

        // Then
        assertThat(asked).hasValue(4);
        assertThat(meter.acknowledgedCount()).isZero();
        assertThat(meter.reasons())
                .startsWith("a row holds what was not written to it (2)")
                .contains("a row was not found (1)", "UNAVAILABLE: no room (1)");
    }

    @Test
    void calls_that_are_never_answered_are_given_up_on() throws Exception {
        long _ =
                new CallLoad(Duration.ofMillis(100))
                        .closedLoop((_, _, _) -> {}, 3, 10, Duration.ofMillis(100), meter);

        assertThat(meter.reasons()).isEqualTo("no answer within PT0.1S (3)");
    }

    @Test
    void a_row_is_ready_once_it_comes_from_the_cache() throws Exception {
        try (FakeReader reader =
                counting(
                        id -> row(id, 4, asked.get() < 3 ? SERVED_BY_DATABASE : SERVED_BY_CACHE))) {
            fresh(reader, PATIENCE, meter).ready(9, 4);
        }
        assertThat(asked).hasValue(3);
    }

    @Test
    void a_row_that_is_never_cached_is_given_up_on() throws Exception {
        try (FakeReader reader = counting(id -> row(id, 0, SERVED_BY_DATABASE))) {
            FreshReads reads = fresh(reader, Duration.ofSeconds(1), meter);

            assertThatThrownBy(() -> reads.ready(9, 0))
                    .hasMessage("a row was not cached within PT1S");
        }
    }

    @Test
    void a_change_is_known_with_the_first_answer_that_shows_it() throws Exception {
        // Given
        AtomicLong changed = new AtomicLong();
        try (FakeReader reader =
                counting(
                        id -> {
                            if (asked.get() < 6) {
                                return row(id, 4, SERVED_BY_CACHE);
                            }
                            changed.compareAndSet(0, System.nanoTime());
                            return row(id, 5, SERVED_BY_DATABASE);
                        })) {
            // When
            long known = fresh(reader, PATIENCE, meter).known(9, 5);

            // Then
            assertThat(known).isBetween(changed.get(), System.nanoTime());
        }
        assertThat(asked).hasValue(6);
        assertThat(meter.latencies().getTotalCount()).isEqualTo(6);
        assertThat(meter.acknowledgedCount()).isZero();
    }

    @Test
    void a_row_that_shows_an_older_version_than_was_seen_is_an_error() throws Exception {
        try (FakeReader reader = counting(id -> row(id, 4, SERVED_BY_CACHE))) {
            FreshReads reads = fresh(reader, PATIENCE, meter);

            assertThatThrownBy(() -> reads.ready(9, 5))
                    .hasMessage("a row is at version 4 again, after version 5 was seen");
            assertThatThrownBy(() -> reads.known(9, 6))
                    .hasMessage("a row shows version 4 on its way to 6");
        }
    }

    @Test
    void a_change_that_is_never_shown_is_given_up_on() throws Exception {
        try (FakeReader reader = counting(id -> row(id, 4, SERVED_BY_CACHE))) {
            FreshReads reads = fresh(reader, Duration.ofSeconds(1), meter);

            assertThatThrownBy(() -> reads.known(9, 5))
                    .hasMessage("a row still showed its old value after PT1S");
        }
    }

    @Test
    void an_event_may_come_before_or_after_it_is_waited_for() throws Exception {
        // Given
        ChangeEvents events = new ChangeEvents(PATIENCE);
        long before = System.nanoTime();

        // When
        events.arrived("{\"after\": {\"id\": 3, \"version\": 1, \"body\": \"x\"}}".getBytes(UTF_8));
        long first = events.known(3, 1);
        Thread later =
                Thread.startVirtualThread(
                        () ->
                                events.arrived(
                                        "{\"after\":{\"id\":3,\"version\":2}}".getBytes(UTF_8)));
        long second = events.known(3, 2);
        later.join();

        // Then
        assertThat(first).isBetween(before, second);
        assertThatThrownBy(() -> events.arrived("nothing".getBytes(UTF_8)))
                .hasMessage("an event is not JSON");
    }

    @Test
    void a_rows_text_is_told_from_anothers() {
        assertThat(TEXTS.of(17)).hasSize(100).startsWith("000000000017").endsWith(TEXTS.filling());
        assertThat(TEXTS.is(17, TEXTS.of(17))).isTrue();
        assertThat(TEXTS.is(18, TEXTS.of(17))).isFalse();
        assertThat(TEXTS.is(17, TEXTS.of(17) + "x")).isFalse();
        assertThat(TEXTS.is(17, new RowTexts(2, 100).of(17))).isFalse();
    }
}
