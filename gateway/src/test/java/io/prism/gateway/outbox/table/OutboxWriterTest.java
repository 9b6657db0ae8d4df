package io.prism.gateway.outbox.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutboxWriterTest {
    private static final OutboxSettings SETTINGS =
            new OutboxSettings(
                    Duration.ofSeconds(30),
                    10,
                    100_000,
                    40,
                    1_000_000,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1));
    private final SQLException died = new SQLException("connection reset", "08006");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OutboxMetrics metrics = new OutboxMetrics("n", meters);
    private final AtomicLong nanos = new AtomicLong();
    private final HeldSink sink = new HeldSink();
    private final OutboxWriter writer =
            new OutboxWriter("the table", sink, SETTINGS, nanos::get, Runnable::run);
    private final Thread thread = Thread.ofPlatform().daemon().start(writer);

    @AfterEach
    void tearDown() throws InterruptedException {
        writer.stop();
        sink.go.release(1_000);
        assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    }

    private static NewRow row(int number, int size) {
        return new NewRow(
                new UUID(0, number),
                false,
                "n",
                Integer.toString(number),
                null,
                ByteString.copyFrom(new byte[size]),
                "{}",
                null,
                null,
                null);
    }

    private CompletableFuture<Committed> write(int number) {
        return writer.write(row(number, 0), metrics);
    }

    private List<CompletableFuture<Committed>> write(int from, int to) {
        return IntStream.range(from, to).mapToObj(this::write).toList();
    }

    private static void join(List<CompletableFuture<Committed>> futures) {
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private List<String> call() throws InterruptedException {
        List<String> call = sink.calls.poll(60, TimeUnit.SECONDS);
        assertThat(call).as("a call within 20 s").isNotNull();
        return call == null ? List.of() : call;
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static ErrorCode code(CompletableFuture<Committed> failed) {
        Throwable why = failed.exceptionNow();
        assertThat(why).isInstanceOf(PrismException.class);
        return ((PrismException) why).code();
    }

    @Test
    void whatGathersWhileABatchIsCommittedIsCommittedTogetherInOrder() throws Exception {
        // Given
        CompletableFuture<Committed> first = write(0);
        assertThat(call()).containsExactly("0");
        // When
        List<CompletableFuture<Committed>> others = write(1, 14);
        sink.go.release(3);
        join(others);
        // Then
        assertThat(first).isCompleted();
        assertThat(call()).isEqualTo(names(1, 11));
        assertThat(call()).isEqualTo(names(11, 14));
        assertThat(sink.committed()).isEqualTo(names(0, 14));
        assertThat(meters.get("prism_pattern_outbox_inserted_total").counter().count())
                .isEqualTo(14);
        assertThat(meters.get("prism_pattern_outbox_batch_rows").summary().count()).isEqualTo(3);
    }

    @Test
    void aBatchHasNoMoreBytesThanAllowedUnlessOneRowHas() throws Exception {
        write(0);
        assertThat(call()).containsExactly("0");
        writer.write(row(1, 60_000), metrics);
        writer.write(row(2, 60_000), metrics);
        CompletableFuture<Committed> large = writer.write(row(3, 500_000), metrics);
        sink.go.release(4);
        large.get(60, TimeUnit.SECONDS);
        assertThat(List.of(call(), call(), call()))
                .containsExactly(List.of("1"), List.of("2"), List.of("3"));
    }

    @Test
    void moreThanMayWaitIsRefusedAtOnceAndNothingElseIs() throws Exception {
        // Given
        write(0);
        assertThat(call()).containsExactly("0");
        List<CompletableFuture<Committed>> waiting = write(1, 41);
        // When
        CompletableFuture<Committed> tooMany = write(41);
        // Then
        assertThat(code(tooMany)).isEqualTo(ErrorCode.OVERLOADED);
        sink.go.release(10);
        join(waiting);
        assertThat(sink.committed()).isEqualTo(names(0, 41));
    }

    @Test
    void moreBytesThanMayWaitAreRefused() throws Exception {
        write(0);
        assertThat(call()).containsExactly("0");
        CompletableFuture<Committed> waiting = writer.write(row(1, 900_000), metrics);
        assertThat(code(writer.write(row(2, 900_000), metrics))).isEqualTo(ErrorCode.OVERLOADED);
        sink.go.release(2);
        waiting.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aCommitWhoseOutcomeIsNotKnownIsTriedAgainWithTheSameIds() throws Exception {
        // Given: the first call dies before its commit, the second after it
        sink.failures.add(new HeldSink.Failure(died, false));
        sink.failures.add(new HeldSink.Failure(died, true));
        // When
        CompletableFuture<Committed> row = write(7);
        sink.go.release(3);
        // Then
        assertThat(row.get(60, TimeUnit.SECONDS).duplicate()).isFalse();
        assertThat(sink.committed()).containsExactly("7");
        assertThat(sink.again()).containsExactly(true, true);
    }

    @Test
    void oneBadRowFailsAloneAndTheOthersKeepTheirOrder() throws Exception {
        // Given
        sink.bad = row -> row.topic().equals("5");
        write(0);
        assertThat(call()).containsExactly("0");
        // When
        List<CompletableFuture<Committed>> rows = new ArrayList<>(write(1, 11));
        sink.go.release(100);
        CompletableFuture<Committed> bad = rows.remove(4);
        join(rows);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(bad::isDone);
        // Then
        assertThat(code(bad)).isEqualTo(ErrorCode.VALUE_INVALID);
        List<String> good = new ArrayList<>(names(0, 11));
        good.remove("5");
        assertThat(sink.committed()).isEqualTo(good);
    }

    @Test
    void whatNoRowCouldHelpFailsTheBatchAtOnceAndTheNextOneIsTried() throws Exception {
        sink.failures.add(new HeldSink.Failure(new SQLException("no such table", "42P01"), false));
        CompletableFuture<Committed> row = write(1);
        sink.go.release(2);
        assertThatThrownBy(() -> row.get(60, TimeUnit.SECONDS))
                .hasRootCauseMessage("no such table");
        assertThat(code(row)).isEqualTo(ErrorCode.TABLE_UNKNOWN);
        write(2).get(60, TimeUnit.SECONDS);
        assertThat(sink.committed()).containsExactly("2");
    }

    @Test
    void whatCannotBeCommittedInTimeFailsAndIsNotTriedAgain() throws Exception {
        // Given
        sink.failures.add(new HeldSink.Failure(died, false));
        CompletableFuture<Committed> row = write(1);
        assertThat(call()).containsExactly("1");
        // When
        nanos.addAndGet(SETTINGS.timeout().toNanos());
        sink.go.release();
        // Then
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(row::isDone);
        assertThat(code(row)).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
        assertThat(row.exceptionNow()).hasMessageContainingAll("the table", "30000 ms");
        assertThat(sink.calls).isEmpty();
    }

    @Test
    void whatIsInLineAtTheEndIsStillDone() throws Exception {
        CompletableFuture<Committed> row = write(1);
        CompletableFuture<Committed> next = write(2);
        writer.end();
        sink.go.release(2);
        row.get(60, TimeUnit.SECONDS);
        next.get(60, TimeUnit.SECONDS);
        assertThat(code(write(3))).isEqualTo(ErrorCode.DRAINING);
    }

    @Test
    void aGatewayThatStopsFailsWhatIsInLine() throws Exception {
        CompletableFuture<Committed> row = write(1);
        assertThat(call()).containsExactly("1");
        CompletableFuture<Committed> waiting = write(2);
        writer.stop();
        assertThat(code(waiting)).isEqualTo(ErrorCode.DRAINING);
        sink.go.release();
        row.get(60, TimeUnit.SECONDS);
    }
}
