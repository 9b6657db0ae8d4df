package io.prism.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordFormat;
import io.prism.core.trace.Trace;
import io.prism.gateway.backend.Appended;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.error.Errors;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.pattern.ChainWatch;
import io.prism.gateway.pattern.MessageKeeper;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternChain;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.pattern.PublishStage;
import io.prism.gateway.pattern.Receipt;
import io.prism.v1.PublishRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One namespace's way from a request to the log. Thread-safe. */
public final class Publisher implements AutoCloseable {
    private final String namespace;
    private final byte[] namespaceBytes;
    private final byte[] patternsLabel;
    private final @Nullable String metadataField;
    private final int maxInline;
    private final boolean keeps;
    private final Function<String, String> topics;
    private final LogBackend backend;
    private final Deduplicator deduplicator;
    private final TimeOrderedIds ids;
    private final MeterRegistry meters;
    private final PatternChain chain;
    private final Counter published;
    private final Counter duplicates;
    private final Timer duration;

    /**
     * @param metadataField the namespace's own header for a claim's id, or null
     * @param maxInline the largest payload a record can hold
     * @param topics from a topic's name in the namespace to its name in the log, made if need be;
     *     throws for others
     */
    public Publisher(
            String namespace,
            @Nullable String metadataField,
            int maxInline,
            Function<String, String> topics,
            List<Pattern> patterns,
            LogBackend backend,
            Deduplicator deduplicator,
            TimeOrderedIds ids,
            MeterRegistry meters,
            ChainWatch watch) {
        this.namespace = namespace;
        this.namespaceBytes = namespace.getBytes(UTF_8);
        this.metadataField = metadataField;
        this.maxInline = maxInline;
        this.topics = topics;
        this.backend = backend;
        this.deduplicator = deduplicator;
        this.ids = ids;
        this.meters = meters;
        this.chain = new PatternChain(namespace, patterns, this::end, watch);
        this.keeps = patterns.stream().anyMatch(MessageKeeper.class::isInstance);
        this.patternsLabel = chain.label().getBytes(UTF_8);
        this.published = Metric.PUBLISHED.counter(meters, "namespace", namespace);
        this.duplicates = Metric.DUPLICATES.counter(meters, "namespace", namespace);
        this.duration = Metric.PUBLISH_DURATION.timer(meters, "namespace", namespace);
    }

    /**
     * Publishes a message in the order of its slot, which is always handed off or released. The
     * receipt completes when the message is durable and fails with a PrismException otherwise. May
     * block on first use of a topic.
     *
     * @param payload in place of the request's own
     * @param trace what the message's spans are made below, and what its record continues unless
     *     the message has a traceparent of its own
     */
    public CompletableFuture<Receipt> publish(
            PublishRequest request, Payload payload, PublishLane.Slot slot, Trace trace) {
        return publish(request, payload, slot, trace, null);
    }

    /**
     * The same, to an end of the caller's in place of the backend.
     *
     * @param end gets the message as the chain made it; its receipt is this call's
     */
    public CompletableFuture<Receipt> publish(
            PublishRequest request,
            Payload payload,
            PublishLane.Slot slot,
            Trace trace,
            @Nullable PublishStage end) {
        long start = System.nanoTime();
        CompletableFuture<Receipt> receipt;
        try {
            receipt = checked(request, payload, slot, trace, end);
        } catch (RuntimeException e) {
            slot.release();
            receipt = CompletableFuture.failedFuture(e);
        }
        return receipt.whenComplete(
                (done, failure) -> {
                    if (failure == null) {
                        (done.duplicate() ? duplicates : published).increment();
                        duration.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                    } else {
                        countFailure(failure);
                    }
                });
    }

    private CompletableFuture<Receipt> checked(
            PublishRequest request,
            Payload payload,
            PublishLane.Slot slot,
            Trace trace,
            @Nullable PublishStage end) {
        RequestChecks.check(request, metadataField);
        String topic = request.getTopic();
        String logTopic = topics.apply(topic);
        String key = request.getKey().isEmpty() ? null : request.getKey();
        boolean given = !request.getMessageId().isEmpty();
        if (!given || keeps) {
            Outgoing message =
                    new Outgoing(
                            topic,
                            logTopic,
                            null,
                            key,
                            given ? request.getMessageId() : ids.next().toString(),
                            given,
                            metadata(request, trace),
                            payload,
                            slot);
            return chain.publish(in(trace, end == null ? message : message.withEnd(end)));
        }
        String id = request.getMessageId();
        // Without a key the id decides, so that a repeated message meets its first in the same
        // partition.
        int partition = backend.partitionFor(logTopic, (key == null ? id : key).getBytes(UTF_8));
        Outgoing message =
                new Outgoing(
                        topic,
                        logTopic,
                        partition,
                        key,
                        id,
                        true,
                        metadata(request, trace),
                        payload,
                        slot);
        return deduplicator.once(
                logTopic, id, () -> chain.publish(in(trace, message)), slot::release);
    }

    private static Map<String, String> metadata(PublishRequest request, Trace trace) {
        Map<String, String> given = request.getMetadataMap();
        String traceparent = trace.traceparent();
        if (traceparent == null || given.containsKey(RecordFormat.TRACEPARENT)) {
            return given;
        }
        Map<String, String> continued = new HashMap<>(given);
        continued.put(RecordFormat.TRACEPARENT, traceparent);
        return continued;
    }

    private Outgoing in(Trace trace, Outgoing message) {
        if (!trace.recording()) {
            return message;
        }
        trace.set("prism.namespace", namespace)
                .set("prism.topic", message.topic())
                .set("messaging.message.id", message.messageId());
        return message.withTrace(trace);
    }

    /** The end of the chain: what is not stored elsewhere by now goes into the record itself. */
    private CompletableFuture<Receipt> end(Outgoing message) {
        return switch (message.payload()) {
            case Payload.Inline(ByteString bytes) -> end(message, bytes, null);
            case Payload.Claimed(Claim claim) -> end(message, ByteString.EMPTY, claim);
            case Payload.Chunked(Payload.Source source) -> {
                ByteString bytes = collect(source);
                yield end(message.withPayload(new Payload.Inline(bytes)), bytes, null);
            }
        };
    }

    private CompletableFuture<Receipt> end(
            Outgoing message, ByteString value, @Nullable Claim claim) {
        if (value.size() > maxInline) {
            throw tooLarge(value.size());
        }
        Optional<PublishStage> other = message.end();
        return other.isPresent() ? other.get().publish(message) : append(message, value, claim);
    }

    private CompletableFuture<Receipt> append(
            Outgoing message, ByteString value, @Nullable Claim claim) {
        String key = message.key();
        LogRecord record =
                new LogRecord(
                        message.logTopic(),
                        message.partition(),
                        key == null ? null : key.getBytes(UTF_8),
                        value,
                        RecordFormat.write(
                                message.messageId(),
                                namespaceBytes,
                                patternsLabel,
                                claim,
                                metadataField,
                                message.metadata()));
        Trace produce = message.trace().handOver("kafka.produce");
        return produce.during(() -> append(record, produce))
                .thenApply(
                        place ->
                                new Receipt(
                                        message.messageId(),
                                        place.partition(),
                                        place.offset(),
                                        Instant.ofEpochMilli(place.timestamp()),
                                        false));
    }

    private CompletableFuture<Appended> append(LogRecord record, Trace produce) {
        CompletableFuture<Appended> appended = backend.append(record);
        if (!produce.recording()) {
            return appended;
        }
        produce.set("messaging.destination.name", record.topic());
        return appended.thenApply(
                place -> {
                    produce.set("messaging.destination.partition.id", "" + place.partition())
                            .set("messaging.kafka.offset", place.offset());
                    return place;
                });
    }

    private ByteString collect(Payload.Source source) {
        List<ByteString> pieces = new ArrayList<>();
        long size = 0;
        for (ByteString piece = source.next(); piece != null; piece = source.next()) {
            size += piece.size();
            if (size > maxInline) {
                throw tooLarge(size);
            }
            pieces.add(piece);
        }
        return ByteString.copyFrom(pieces);
    }

    private PrismException tooLarge(long size) {
        return PrismException.ofField(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "payload",
                        "namespace "
                                + namespace
                                + " keeps payloads in the log and takes at most "
                                + maxInline
                                + " bytes; this one has at least "
                                + size
                                + ": add the claim-check pattern to the namespace for larger ones")
                .with("limit", maxInline);
    }

    private void countFailure(Throwable failure) {
        Throwable cause = Errors.unwrap(failure);
        String code =
                cause instanceof PrismException known
                        ? known.code().name()
                        : ErrorCode.INTERNAL.name();
        Metric.PUBLISH_FAILURES.counter(meters, "namespace", namespace, "code", code).increment();
    }

    public PatternChain chain() {
        return chain;
    }

    @Override
    public void close() {
        chain.close();
    }
}
