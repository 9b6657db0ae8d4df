package io.prism.standalone.e2e;

import static io.prism.standalone.e2e.Transacting.data;
import static io.prism.standalone.e2e.Transacting.insert;
import static io.prism.standalone.e2e.Transacting.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.prism.v1.FetchRequest;
import io.prism.v1.MailboxMessage;
import io.prism.v1.MessageWrite;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactionWrite;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What mailboxes hold, in which order, and who has processed it. */
final class MailboxIT {
    @SuppressWarnings("NullAway.Init")
    private static LoneGateway prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @SuppressWarnings("NullAway.Init")
    private static SqlLooker sql;

    @BeforeAll
    static void setUp() throws IOException {
        prism = LoneGateway.start(Map.of(), Duration.ofSeconds(5));
        client = prism.client();
        sql = prism.database("postgres");
    }

    @AfterAll
    static void tearDown() {
        sql.close();
        prism.close();
    }

    /** With an outbox and a table of its own, both named after it. */
    private static void create(String name) {
        sql.run("CREATE TABLE " + name + " (id int PRIMARY KEY, times int NOT NULL DEFAULT 1)");
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: transact
                    tables: [%s]
                    patterns:
                      - {type: outbox, table: %s_outbox}
                      - {type: claim-check, threshold: 100KB, storage: s3}
                """
                        .formatted(name, name, name));
    }

    private static void send(String namespace, String... texts) {
        for (String text : texts) {
            var unused =
                    client.transact(namespace)
                            .write(
                                    WriteRequest.newBuilder()
                                            .setMessage(message("t", text))
                                            .build());
        }
    }

    private static ReadMailboxResponse read(String namespace, String cursor, int limit) {
        return client.transact(namespace)
                .readMailbox(
                        ReadMailboxRequest.newBuilder()
                                .setTopic("t")
                                .setCursor(cursor)
                                .setLimit(limit)
                                .build());
    }

    private static List<String> texts(List<MailboxMessage> messages) {
        return messages.stream().map(message -> message.getPayload().toStringUtf8()).toList();
    }

    private static ProcessMailboxRequest.Builder asking(String consumer) {
        return ProcessMailboxRequest.newBuilder().setTopic("t").setConsumer(consumer);
    }

    @Test
    void messagesAreReadInPagesWithEverythingTheyHave() {
        // Given
        create("pages");
        send("pages", "a", "b", "c");
        var unused =
                client.transact("pages")
                        .write(
                                WriteRequest.newBuilder()
                                        .setMessage(
                                                MessageWrite.newBuilder()
                                                        .setTopic("t")
                                                        .setKey("k")
                                                        .setEventType("grown")
                                                        .putMetadata("colour", "red")
                                                        .setPayload(
                                                                ByteString.copyFrom(
                                                                        new byte[300_000])))
                                        .build());
        client.transact("pages")
                .write(WriteRequest.newBuilder().setMessage(message("other", "x")).build());
        // When
        ReadMailboxResponse first = read("pages", "", 2);
        ReadMailboxResponse second = read("pages", first.getCursor(), 2);
        ReadMailboxResponse third = read("pages", second.getCursor(), 2);
        // Then
        assertThat(texts(first.getMessagesList())).containsExactly("a", "b");
        assertThat(first.getMore()).isTrue();
        assertThat(second.getMore()).isFalse();
        assertThat(third.getMessagesCount()).isZero();
        assertThat(third.getCursor()).isEqualTo(second.getCursor());
        MailboxMessage large = second.getMessages(1);
        assertThat(large.getKey()).isEqualTo("k");
        assertThat(large.getEventType()).isEqualTo("grown");
        assertThat(large.getMetadataMap()).isEqualTo(Map.of("colour", "red"));
        assertThat(large.getPayloadSize()).isEqualTo(300_000);
        assertThat(large.hasPublishedAt()).isFalse();
        long[] fetched = {0};
        client.payloads("pages")
                .fetch(FetchRequest.newBuilder().setPayloadRef(large.getPayloadRef()).build())
                .forEachRemaining(chunk -> fetched[0] += chunk.getData().size());
        assertThat(fetched[0]).isEqualTo(300_000);
        // A stamp changes nothing of the order.
        sql.run("UPDATE pages_outbox SET published_at = now() WHERE payload = 'a'");
        ReadMailboxResponse again = read("pages", "", 0);
        assertThat(texts(again.getMessagesList()).subList(0, 3)).containsExactly("a", "b", "c");
        assertThat(again.getMessages(0).hasPublishedAt()).isTrue();
    }

    @Test
    void whoCommitsLateIsNotSkippedAndComesFirst() {
        // Given: an application's own transaction that has written and goes on
        create("late");
        send("late", "before");
        try (SqlLooker application = prism.database("postgres")) {
            application.run("BEGIN");
            application.run("INSERT INTO late_outbox (topic, payload) VALUES ('t', 'late')");
            send("late", "after");
            // When
            ReadMailboxResponse during = read("late", "", 0);
            assertThat(texts(during.getMessagesList())).containsExactly("before");
            application.run("COMMIT");
            // Then
            ReadMailboxResponse rest = read("late", during.getCursor(), 0);
            assertThat(texts(rest.getMessagesList())).containsExactly("late", "after");
        }
    }

    @Test
    void aCursorMissesNothingAndRepeatsNothingWhileManyWrite() {
        // Given
        create("busy");
        int writers = 8;
        int each = 100;
        AtomicBoolean done = new AtomicBoolean();
        List<String> seen = new ArrayList<>();
        // When: transactions of different lengths, and somebody who reads along
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> writing =
                    IntStream.range(0, writers)
                            .mapToObj(
                                    w ->
                                            CompletableFuture.runAsync(
                                                    () -> writeSome(w, each), threads))
                            .toList();
            CompletableFuture<Void> all =
                    CompletableFuture.allOf(writing.toArray(CompletableFuture[]::new))
                            .whenComplete((ok, failure) -> done.set(true));
            String cursor = "";
            boolean last = false;
            while (!last) {
                last = done.get();
                ReadMailboxResponse page = read("busy", cursor, 50);
                seen.addAll(texts(page.getMessagesList()));
                cursor = page.getCursor();
                last &= !page.getMore();
            }
            all.join();
        }
        // Then
        List<String> sent = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            for (int i = 0; i < each; i++) {
                sent.add(w + "/" + i);
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(sent);
        Map<String, List<Integer>> byWriter = new TreeMap<>();
        seen.forEach(
                text ->
                        byWriter.computeIfAbsent(
                                        text.substring(0, text.indexOf('/')),
                                        w -> new ArrayList<>())
                                .add(Integer.parseInt(text.substring(text.indexOf('/') + 1))));
        assertThat(byWriter.values()).allSatisfy(list -> assertThat(list).isSorted());
    }

    private static void writeSome(int writer, int count) {
        for (int i = 0; i < count; i += 2) {
            if (writer % 2 == 0) {
                send("busy", writer + "/" + i, writer + "/" + (i + 1));
            } else {
                try (SqlLooker own = prism.database("postgres")) {
                    own.run("BEGIN");
                    for (int j = i; j < i + 2; j++) {
                        own.run(
                                "INSERT INTO busy_outbox (topic, payload) VALUES ('t', '"
                                        + writer
                                        + "/"
                                        + j
                                        + "')");
                    }
                    own.run("COMMIT");
                }
            }
        }
    }

    @Test
    void processingCommitsThePositionWithWhatCameOfIt() {
        // Given
        create("work");
        send("work", "1", "2", "3");
        // When
        ProcessMailboxResponse first =
                client.transact("work").processMailbox(asking("billing").setLimit(2).build());
        ProcessMailboxRequest processed =
                asking("billing")
                        .setPosition(first.getPosition())
                        .setProcessed(first.getMessages(1).getCursor())
                        .addWrites(TransactionWrite.newBuilder().setData(insert("work", "id", 1)))
                        .addWrites(
                                TransactionWrite.newBuilder()
                                        .setData(insert("work", "id", 2))
                                        .setMessage(message("billed", "2")))
                        .build();
        ProcessMailboxResponse second = client.transact("work").processMailbox(processed);
        Throwable again = catchThrowable(() -> client.transact("work").processMailbox(processed));
        // Then
        assertThat(texts(first.getMessagesList())).containsExactly("1", "2");
        assertThat(texts(second.getMessagesList())).containsExactly("3");
        assertThat(TestClient.reason(again)).isEqualTo("MAILBOX_MOVED");
        assertThat(sql.column("SELECT id FROM work ORDER BY id")).containsExactly("1", "2");
        assertThat(sql.column("SELECT 1 FROM work_outbox WHERE topic = 'billed'")).hasSize(1);
        // Another consumer is where it was, and a failed call leaves everything as it was.
        assertThat(
                        texts(
                                client.transact("work")
                                        .processMailbox(asking("audit").build())
                                        .getMessagesList()))
                .containsExactly("1", "2", "3");
        Throwable failed =
                catchThrowable(
                        () ->
                                client.transact("work")
                                        .processMailbox(
                                                asking("billing")
                                                        .setPosition(second.getPosition())
                                                        .setProcessed(
                                                                second.getMessages(0).getCursor())
                                                        .addWrites(
                                                                TransactionWrite.newBuilder()
                                                                        .setData(
                                                                                insert(
                                                                                        "work",
                                                                                        "id", 1)))
                                                        .build()));
        assertThat(TestClient.reason(failed)).isEqualTo("ROW_EXISTS");
        assertThat(client.transact("work").processMailbox(asking("billing").build()))
                .isEqualTo(second);
    }

    @Test
    void manyWorkersOfOneConsumerProcessEachMessageOnce() {
        // Given
        create("race");
        int count = 60;
        send("race", IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new));
        // When: each message counts in a row of its own, which can be there once
        List<String> reasons = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < 6; w++) {
                threads.execute(() -> work(reasons));
            }
        }
        // Then
        assertThat(sql.number("SELECT count(*) FROM race")).isEqualTo(count);
        assertThat(sql.number("SELECT sum(times) FROM race")).isEqualTo(count);
        assertThat(reasons).containsOnly("MAILBOX_MOVED");
    }

    private static void work(List<String> reasons) {
        while (true) {
            ProcessMailboxResponse batch =
                    client.transact("race").processMailbox(asking("w").setLimit(5).build());
            if (batch.getMessagesCount() == 0) {
                return;
            }
            ProcessMailboxRequest.Builder processed =
                    asking("w")
                            .setPosition(batch.getPosition())
                            .setProcessed(batch.getMessagesList().getLast().getCursor());
            texts(batch.getMessagesList())
                    .forEach(
                            text ->
                                    processed.addWrites(
                                            TransactionWrite.newBuilder()
                                                    .setData(insert("race", "id", text))));
            Throwable failure =
                    catchThrowable(() -> client.transact("race").processMailbox(processed.build()));
            if (failure != null) {
                reasons.add(TestClient.reason(failure));
            }
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        create("strict");
        send("strict", "1");
        ReadMailboxRequest.Builder reading = ReadMailboxRequest.newBuilder().setTopic("t");
        for (ReadMailboxRequest wrong :
                List.of(
                        reading.clone().setCursor("1-0'; DROP TABLE strict; --").build(),
                        reading.clone().setLimit(1_001).build(),
                        reading.clone().setLimit(-1).build())) {
            assertThat(
                            TestClient.reason(
                                    catchThrowable(
                                            () -> client.transact("strict").readMailbox(wrong))))
                    .isEqualTo("FIELD_INVALID");
        }
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () ->
                                                client.transact("strict")
                                                        .readMailbox(
                                                                reading.clone()
                                                                        .setTopic("t' OR '1'='1")
                                                                        .build()))))
                .isEqualTo("TOPIC_INVALID");
        for (ProcessMailboxRequest wrong :
                List.of(
                        asking("").build(),
                        asking("c").setProcessed("x").build(),
                        asking("c").setPosition("1-9-9").setProcessed("1-9-9").build(),
                        asking("c")
                                .addWrites(
                                        TransactionWrite.newBuilder()
                                                .setData(
                                                        data(
                                                                WriteMode.WRITE_MODE_DELETE,
                                                                "strict",
                                                                "id",
                                                                1)))
                                .build())) {
            assertThat(
                            TestClient.reason(
                                    catchThrowable(
                                            () -> client.transact("strict").processMailbox(wrong))))
                    .isEqualTo("FIELD_INVALID");
        }
    }
}
