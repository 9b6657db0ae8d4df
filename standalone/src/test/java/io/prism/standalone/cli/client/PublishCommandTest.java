package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakeLog.Stored;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishCommandTest {
    private FakePrism prism;
    private CommandLineRunner command;
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    PublishCommandTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        prism.admin().add("orders");
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    @Test
    void publishesTextWithKeyAndMetadataAndPrintsWhereItIs() {
        // When
        Result result =
                command.run(
                        "publish",
                        "orders",
                        "created",
                        "--text",
                        "hello",
                        "--key",
                        "k",
                        "--metadata",
                        "type=json",
                        "--metadata",
                        "a=b=c",
                        "--message-id",
                        "m-1");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).matches("m-1  partition \\d  offset 0\n");
        Stored stored = prism.log().all().getFirst();
        assertThat(stored.payload().toStringUtf8()).isEqualTo("hello");
        assertThat(stored.request().getKey()).isEqualTo("k");
        assertThat(stored.request().getMetadataMap())
                .containsEntry("type", "json")
                .containsEntry("a", "b=c");
    }

    @Test
    void aRepeatedMessageIdIsReportedAsADuplicate() {
        // Given
        command.run("publish", "orders", "created", "--text", "a", "--message-id", "m-1");

        // When
        Result result =
                command.run(
                        "publish",
                        "orders",
                        "created",
                        "--text",
                        "a",
                        "--message-id",
                        "m-1",
                        "--json");

        // Then
        JsonNode node = result.json().getFirst();
        assertThat(node.get("duplicate").asBoolean()).isTrue();
        assertThat(node.get("offset").asLong()).isZero();
        assertThat(node.get("published_at").asText()).isEqualTo("2027-01-15T08:00:00Z");
    }

    @Test
    void aFileAboveFourMebibytesGoesInChunksAndArrivesWhole() throws Exception {
        // Given
        Path file = folder.resolve("film");
        byte[] content = new GeneratedPayload(10_000_001, 3).readAllBytes();
        Files.write(file, content);

        // When
        Result result = command.run("publish", "orders", "films", "--file", file.toString());

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.faults().chunkBytes).hasValue(10_000_001);
        assertThat(sha256(prism.log().all().getFirst().payload().toByteArray()))
                .isEqualTo(sha256(content));
        assertThat(result.err()).contains("1 message published, 10.0 MB");
    }

    @Test
    void aFileOfExactlyFourMebibytesIsOneUnaryCall() throws Exception {
        // Given
        Path file = folder.resolve("edge");
        Files.write(file, new byte[4 << 20]);

        // When
        Result result = command.run("publish", "orders", "films", "--file", file.toString());

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.faults().chunkBytes).hasValue(0);
        assertThat(prism.log().all().getFirst().payload().size()).isEqualTo(4 << 20);
    }

    @Test
    void aSlowServerHoldsTheReadingBackSoThatMemoryStaysBounded() throws Exception {
        // Given
        long size = 200_000_000;
        AtomicLong read = new AtomicLong();
        InputStream counting = new Counting(new GeneratedPayload(size, 5), read);
        prism.faults().chunkPermits.drainPermits();
        prism.faults().chunkPermits.release(4);

        // When
        CompletableFuture<Result> publishing =
                CompletableFuture.supplyAsync(
                        () -> command.stdin(counting).run("publish", "orders", "films", "-"));

        // Then
        await().atMost(Duration.ofSeconds(60))
                .until(() -> prism.faults().chunkPermits.availablePermits() == 0);
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(read.get()).isLessThan(16 << 20);

        // And when the server goes on
        prism.faults().chunkPermits.release(Integer.MAX_VALUE / 2);

        // Then
        Result result = publishing.get();
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.log().all().getFirst().payload().size()).isEqualTo((int) size);
    }

    @Test
    void inputThatBreaksOffPublishesNothing() {
        // Given
        InputStream broken =
                new FilterInputStream(new GeneratedPayload(20_000_000, 1)) {
                    private long left = 9_000_000;

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        if (left <= 0) {
                            throw new IOException("the disk is gone");
                        }
                        int count = super.read(buffer, offset, length);
                        left -= count;
                        return count;
                    }
                };

        // When
        Result result = command.stdin(broken).run("publish", "orders", "films", "--stdin");

        // Then
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("the disk is gone");
        await().until(() -> prism.faults().chunkedCancelled.get() == 1);
        assertThat(prism.log().all()).isEmpty();
    }

    @Test
    void aServerThatRefusesInTheMiddleEndsTheUpload() {
        // When
        Result result = command.run("publish", "orders", "refused", "--size", "100MB");

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("INVALID_ARGUMENT TOPIC_INVALID: not that one");
    }

    @Test
    void eachLineOfTheInputIsAMessageInOrder() {
        // When
        Result result =
                command.stdin("one\r\n\ntwo\nthree")
                        .run("publish", "orders", "log", "--lines", "--json");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.log().all())
                .extracting(stored -> stored.payload().toStringUtf8())
                .containsExactly("one", "", "two", "three");
        assertThat(result.json())
                .extracting(node -> node.get("message_id").asText())
                .containsExactly("id-1", "id-2", "id-3", "id-4");
    }

    @Test
    void aRefusedLineIsReportedAndTheOthersGoOn() {
        // When
        Result result =
                command.stdin("one\nrefuse me\ntwo\n").run("publish", "orders", "log", "--lines");

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err())
                .contains("error: message 2: RESOURCE_EXHAUSTED OVERLOADED: too much")
                .contains("2 messages published")
                .contains("1 refused");
        assertThat(prism.log().all()).hasSize(2);
    }

    @Test
    void countPipelinesGeneratedPayloadsThatDiffer() {
        // When
        Result result =
                command.run("publish", "orders", "load", "--size", "1KB", "--count", "5000", "-q");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("5,000 messages published, 5.00 MB");
        List<ByteString> payloads = prism.log().all().stream().map(Stored::payload).toList();
        assertThat(payloads).hasSize(5000).doesNotHaveDuplicates();
        assertThat(payloads).allMatch(payload -> payload.size() == 1000);
    }

    @Test
    void manyLargePayloadsGoOneAfterTheOther() {
        // When
        Result result = command.run("publish", "orders", "load", "--size", "5MiB", "--count", "3");

        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(3);
        assertThat(prism.faults().chunkBytes).hasValue(3 * (5 << 20));
    }

    @Test
    void aTypedErrorShowsCodeFieldDetailsAndRemedy() {
        // When
        Result result =
                command.run("publish", "orders", "t", "--text", "x", "--metadata", "prism-id=1");

        // Then
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err())
                .isEqualTo(
                        """
                        error: INVALID_ARGUMENT METADATA_RESERVED: Prism writes this entry itself.
                          field metadata[prism-id]: reserved
                          field: metadata[prism-id]
                          try: rename the entry: prism-*, claim_check_* and payload_size are Prism's own
                        """);
    }

    @Test
    void aTypedErrorIsJsonWhereJsonWasAskedFor() {
        // When
        Result result = command.run("publish", "nowhere", "t", "--text", "x", "--json");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        JsonNode error = result.errJson().getFirst().get("error");
        assertThat(error.get("status").asText()).isEqualTo("NOT_FOUND");
        assertThat(error.get("reason").asText()).isEqualTo("NAMESPACE_NOT_FOUND");
        assertThat(error.get("remedy").asText()).contains("prism namespaces");
    }

    @Test
    void withoutAServerItSaysSoAtOnce() {
        // Given
        prism.close();

        // When
        Result result = command.run("publish", "orders", "t", "--text", "x");

        // Then
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("no Prism answers at " + prism.address());
        assertThat(result.err()).contains("prism up");
    }

    @Test
    void commandLinesThatMakeNoSenseAreUsageErrors() {
        assertUsage("which payload?", "publish", "o", "t");
        assertUsage("mutually exclusive", "publish", "o", "t", "--text", "a", "--stdin");
        assertUsage("give either -", "publish", "o", "t", "-", "--text", "a");
        assertUsage("--message-id names one", "publish", "o", "t", "--lines", "--message-id", "m");
        assertUsage("is not a size", "publish", "o", "t", "--size", "10XB");
        assertUsage("--chunk-size", "publish", "o", "t", "--text", "a", "--chunk-size", "5MiB");
        assertUsage("--count", "publish", "o", "t", "--text", "a", "--count", "0");
        assertUsage("There is no file", "publish", "o", "t", "--file", "/nowhere/at/all");
    }

    private void assertUsage(String message, String... arguments) {
        Result result = command.run(arguments);
        assertThat(result.exitCode()).as(message).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static final class Counting extends FilterInputStream {
        private final AtomicLong read;

        Counting(InputStream in, AtomicLong read) {
            super(in);
            this.read = read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            read.addAndGet(Math.max(0, count));
            return count;
        }
    }
}
