package io.prism.gateway.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.LogBackend.TopicSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every log must do; each implementation runs it. */
public abstract class LogBackendContract {
    private static final int PARTITIONS = 3;
    private static final int MAX_RECORD = 100_000;

    private String topic = "";

    /** The log under test; it may be shared by all tests. */
    protected abstract LogBackend backend();

    @BeforeEach
    void makeTopic() {
        topic = "contract." + UUID.randomUUID();
        backend().ensureTopic(new TopicSettings(topic, PARTITIONS, -1, -1, MAX_RECORD));
    }

    @Test
    void recordsOfAPartitionAreStoredInTheOrderOfTheCalls() {
        // When
        List<CompletableFuture<Appended>> receipts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            receipts.add(append(1, "record-" + i));
        }

        // Then
        for (int i = 0; i < receipts.size(); i++) {
            assertThat(receipts.get(i).join().offset()).isEqualTo(i);
            assertThat(receipts.get(i).join().partition()).isEqualTo(1);
        }
        assertThat(values(readAlone(new StartAt.Earliest(), 500)))
                .startsWith("record-0", "record-1")
                .hasSize(500);
    }

    @Test
    void aKeyAlwaysGoesToThePartitionForIt() {
        for (int i = 0; i < 20; i++) {
            byte[] key = ("key-" + i).getBytes(UTF_8);
            Appended place =
                    backend()
                            .append(
                                    new LogRecord(
                                            topic,
                                            null,
                                            key,
                                            ByteString.EMPTY,
                                            new RecordHeaders()))
                            .join();
            assertThat(place.partition()).isEqualTo(backend().partitionFor(topic, key));
        }
    }

    @Test
    void everythingOfARecordComesBack() {
        // Given
        RecordHeaders headers = new RecordHeaders();
        headers.add("a", "1".getBytes(UTF_8));
        headers.add("b", new byte[] {0, -1});
        byte[] key = "k".getBytes(UTF_8);

        // When
        Appended place =
                backend()
                        .append(
                                new LogRecord(
                                        topic, 2, key, ByteString.copyFromUtf8("value"), headers))
                        .join();

        // Then
        LogEntry entry = readAlone(new StartAt.Earliest(), 1).getFirst();
        assertThat(entry.topic()).isEqualTo(topic);
        assertThat(entry.partition()).isEqualTo(2);
        assertThat(entry.offset()).isEqualTo(place.offset());
        assertThat(entry.timestamp()).isEqualTo(place.timestamp());
        assertThat(entry.key()).isEqualTo(key);
        assertThat(entry.headers().lastHeader("b").value()).containsExactly(0, -1);
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedByName() {
        CompletableFuture<Appended> receipt =
                backend()
                        .append(
                                new LogRecord(
                                        topic,
                                        0,
                                        null,
                                        ByteString.copyFrom(new byte[MAX_RECORD + 1]),
                                        new RecordHeaders()));

        assertThatThrownBy(receipt::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
    }

    @Test
    void aLoneReaderBeginsWhereItWasToldTo() {
        // Given
        append(0, "old-0").join();
        long last = append(0, "old-1").join().timestamp();
        while (System.currentTimeMillis() <= last) {
            Thread.onSpinWait(); // the next record must carry a later millisecond
        }
        Instant between = Instant.ofEpochMilli(last + 1);
        append(0, "new-0").join();

        // Then
        assertThat(values(readAlone(new StartAt.Earliest(), 3)))
                .containsExactly("old-0", "old-1", "new-0");
        assertThat(values(readAlone(new StartAt.AtOffset(1), 2))).containsExactly("old-1", "new-0");
        assertThat(values(readAlone(new StartAt.AtTime(between), 1))).containsExactly("new-0");
        try (LogReader latest =
                backend()
                        .read(
                                new ReadRequest.Alone(
                                        new TopicSelector.Exact(topic), new StartAt.Latest()))) {
            List<LogEntry> nothing = latest.poll(Duration.ofMillis(200));
            assertThat(nothing).isEmpty();
            assertThat(latest.positioned()).isTrue();
            append(2, "later").join();
            assertThat(values(poll(latest, 1))).containsExactly("later");
        }
    }

    @Test
    void aLoneReaderGoesOnAtAnOffsetOfItsOwnInEachPartition() {
        // Given
        for (int i = 0; i < 3; i++) {
            append(0, "a" + i).join();
            append(1, "b" + i).join();
            append(2, "c" + i).join();
        }
        // When
        List<LogEntry> entries =
                readAlone(
                        new StartAt.AtOffsets(
                                Map.of(
                                        new LogPartition(topic, 0), 2L,
                                        new LogPartition(topic, 2), 1_000L)),
                        7);
        // Then
        assertThat(values(entries))
                .as("b has no offset, and c ends before its own: both are read whole")
                .containsExactlyInAnyOrder("a2", "b0", "b1", "b2", "c0", "c1", "c2");
    }

    @Test
    void aWildcardReaderFindsTopicsThatAreMadeLater() {
        String stem = topic + ".w";
        Pattern pattern = Pattern.compile(Pattern.quote(stem) + "\\.[^.]+");
        try (LogReader reader =
                backend()
                        .read(
                                new ReadRequest.Alone(
                                        new TopicSelector.Matching(pattern),
                                        new StartAt.Latest()))) {
            reader.poll(Duration.ofMillis(100));
            // When
            backend().ensureTopic(new TopicSettings(stem + ".a", 1, -1, -1, MAX_RECORD));
            backend().ensureTopic(new TopicSettings(stem + ".a.b", 1, -1, -1, MAX_RECORD));
            append(stem + ".a.b", 0, "two levels").join();
            append(stem + ".a", 0, "one level").join();
            // Then
            assertThat(values(poll(reader, 1))).containsExactly("one level");
        }
    }

    @Test
    void aPausedReaderReturnsNothingUntilItIsResumed() {
        append(0, "a").join();
        try (LogReader reader =
                backend()
                        .read(
                                new ReadRequest.Alone(
                                        new TopicSelector.Exact(topic), new StartAt.Earliest()))) {
            reader.pause();
            for (int i = 0; i < 5; i++) {
                assertThat(reader.poll(Duration.ofMillis(100))).isEmpty();
            }
            reader.resume();
            assertThat(values(poll(reader, 1))).containsExactly("a");
        }
    }

    @Test
    void aReaderKnowsWhenItHasCaughtUp() {
        append(0, "a").join();
        append(1, "b").join();
        try (LogReader reader =
                backend()
                        .read(
                                new ReadRequest.Alone(
                                        new TopicSelector.Exact(topic), new StartAt.Earliest()))) {
            poll(reader, 2);
            for (int i = 0; i < 50 && !reader.caughtUp(); i++) {
                reader.poll(Duration.ofMillis(100));
            }
            assertThat(reader.caughtUp()).isTrue();
        }
    }

    @Test
    void aReaderHasNotCaughtUpBeforeItHasReadWhatIsThereWhereverItBegan() {
        append(0, "a").join();
        append(1, "b").join();
        List<StartAt> starts =
                List.of(
                        new StartAt.Earliest(),
                        new StartAt.AtOffset(0),
                        new StartAt.AtOffsets(Map.of(new LogPartition(topic, 0), 0L)),
                        new StartAt.AtTime(Instant.EPOCH));
        for (StartAt start : starts) {
            // When
            List<LogEntry> read = new ArrayList<>();
            try (LogReader reader =
                    backend().read(new ReadRequest.Alone(new TopicSelector.Exact(topic), start))) {
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                do {
                    read.addAll(reader.poll(Duration.ZERO));
                } while (!reader.caughtUp() && System.nanoTime() < deadline);
            }
            // Then
            assertThat(values(read)).as(start.toString()).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void aGroupGoesOnWhereItCommittedWithItsNote() {
        // Given
        String group = "group-" + UUID.randomUUID();
        for (int i = 0; i < 10; i++) {
            append(0, "r" + i).join();
        }
        Assignments first = new Assignments();
        LogPartition partition = new LogPartition(topic, 0);
        try (LogReader reader = member(group, first)) {
            poll(reader, 10);
            reader.commit(Map.of(partition, new CommitPoint(4, "a note")), true);
        }

        // When
        Assignments second = new Assignments();
        List<String> values;
        try (LogReader reader = member(group, second)) {
            values = values(poll(reader, 6));
            assertThat(second.from.get(partition)).contains(new CommitPoint(4, "a note"));
        }

        // Then
        assertThat(values).containsExactly("r4", "r5", "r6", "r7", "r8", "r9");
    }

    @Test
    void aGroupSharesItsPartitionsAndWhatIsReturnedAtRevocationIsCommitted() {
        // Given
        String group = "group-" + UUID.randomUUID();
        for (int p = 0; p < PARTITIONS; p++) {
            append(p, "p" + p).join();
        }
        Assignments one = new Assignments();
        one.commitAtRevocation = new CommitPoint(1, "");
        Assignments two = new Assignments();
        try (LogReader first = member(group, one)) {
            poll(first, PARTITIONS);
            assertThat(one.from).hasSize(PARTITIONS);
            // When
            try (LogReader second = member(group, two)) {
                List<LogEntry> again = new ArrayList<>();
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while ((two.from.isEmpty() || one.from.size() + two.from.size() > PARTITIONS)
                        && System.nanoTime() < deadline) {
                    first.poll(Duration.ofMillis(50));
                    again.addAll(second.poll(Duration.ofMillis(50)));
                }
                again.addAll(second.poll(Duration.ofMillis(500)));
                // Then
                assertThat(two.from).isNotEmpty();
                assertThat(one.from.size() + two.from.size()).isEqualTo(PARTITIONS);
                assertThat(again).as("the first member committed what it had read").isEmpty();
            }
        }
    }

    @Test
    void aNewGroupBeginsWhereItIsPlaced() {
        // Given
        String group = "group-" + UUID.randomUUID();
        append(0, "before").join();

        // When
        backend().startGroup(group, new TopicSelector.Exact(topic), new StartAt.Latest());
        append(0, "after").join();

        // Then
        try (LogReader reader = member(group, new Assignments())) {
            assertThat(values(poll(reader, 1))).containsExactly("after");
        }
    }

    private void readOne(String group) {
        try (LogReader reader = member(group, new Assignments())) {
            poll(reader, 1);
            reader.commit(Map.of(new LogPartition(topic, 0), new CommitPoint(1, "")), true);
        }
    }

    /** As a crash leaves it, that comes between a removed subscription and its group's removal. */
    @Test
    void aGroupThatIsPlacedForgetsWhatItHad() {
        String group = "group-" + UUID.randomUUID();
        append(0, "a").join();
        readOne(group);
        assertThat(backend().groups(group)).containsExactly(group);

        backend().startGroup(group, new TopicSelector.Exact(topic), new StartAt.Earliest());

        try (LogReader reader = member(group, new Assignments())) {
            assertThat(values(poll(reader, 1))).containsExactly("a");
        }
        backend().deleteGroup(group);
        assertThat(backend().groups(group)).isEmpty();
    }

    @Test
    void aGroupHasMembersWhileSomebodyReads() {
        String group = "group-" + UUID.randomUUID();
        append(0, "a").join();
        assertThat(backend().hasMembers(group)).isFalse();
        try (LogReader reader = member(group, new Assignments())) {
            poll(reader, 1);
            assertThat(backend().hasMembers(group)).isTrue();
        }
        assertThat(backend().hasMembers(group)).isFalse();
    }

    @Test
    void aDeletedGroupBeginsAnew() {
        String group = "group-" + UUID.randomUUID();
        append(0, "a").join();
        readOne(group);
        backend().deleteGroup(group);
        backend().deleteGroup(group);
        try (LogReader reader = member(group, new Assignments())) {
            assertThat(values(poll(reader, 1))).containsExactly("a");
        }
    }

    @Test
    void topicsAreListedByPrefixAndDeletedOnce() {
        assertThat(backend().topics(topic)).containsExactly(topic);
        backend().deleteTopics(List.of(topic));
        backend().deleteTopics(List.of(topic));
        // A cluster's metadata may be a moment behind.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(backend().topics(topic)).isEmpty());
    }

    private LogReader member(String group, ReadRequest.Assignments assignments) {
        return backend()
                .read(new ReadRequest.AsMember(new TopicSelector.Exact(topic), group, assignments));
    }

    private CompletableFuture<Appended> append(int partition, String value) {
        return append(topic, partition, value);
    }

    private CompletableFuture<Appended> append(String to, int partition, String value) {
        return backend()
                .append(
                        new LogRecord(
                                to,
                                partition,
                                null,
                                ByteString.copyFromUtf8(value),
                                new RecordHeaders()));
    }

    private List<LogEntry> readAlone(StartAt start, int count) {
        try (LogReader reader =
                backend().read(new ReadRequest.Alone(new TopicSelector.Exact(topic), start))) {
            return poll(reader, count);
        }
    }

    private static List<LogEntry> poll(LogReader reader, int count) {
        List<LogEntry> entries = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (entries.size() < count && System.nanoTime() < deadline) {
            entries.addAll(reader.poll(Duration.ofMillis(200)));
        }
        return entries;
    }

    private static List<String> values(List<LogEntry> entries) {
        return entries.stream()
                .map(e -> e.value() == null ? "" : new String(e.value(), UTF_8))
                .toList();
    }

    private static final class Assignments implements ReadRequest.Assignments {
        final Map<LogPartition, Optional<CommitPoint>> from = new HashMap<>();
        CommitPoint commitAtRevocation = new CommitPoint(0, "");

        @Override
        public void assigned(LogPartition partition, Optional<CommitPoint> point) {
            from.put(partition, point);
        }

        @Override
        public Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions) {
            Map<LogPartition, CommitPoint> points = new HashMap<>();
            if (commitAtRevocation.offset() > 0) {
                partitions.forEach(p -> points.put(p, commitAtRevocation));
            }
            from.keySet().removeAll(partitions);
            return points;
        }

        @Override
        public void lost(Collection<LogPartition> partitions) {
            from.keySet().removeAll(partitions);
        }
    }
}
