package io.prism.topologies.rehydration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordFormat;
import io.prism.core.spec.NamespaceName;
import io.prism.topologies.rehydration.Prepared.Place;
import io.prism.topologies.rehydration.Prepared.Ready;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One record in, the same record with its payload out, at once: it keeps nothing between two
 * records, so the offset that is committed says all there is to say.
 */
final class RehydrationProcessor implements Processor<byte[], byte[], byte[], Emitted> {
    private final RouteTable routes;
    private final Rehydrator rehydrator;
    private final Prepared prepared;
    private final RehydrationMetrics metrics;
    private @Nullable ProcessorContext<byte[], Emitted> context;

    RehydrationProcessor(
            RouteTable routes,
            Rehydrator rehydrator,
            Prepared prepared,
            RehydrationMetrics metrics) {
        this.routes = routes;
        this.rehydrator = rehydrator;
        this.prepared = prepared;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], Emitted> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        Route route = RehydrationTopology.route(routes, at.topic());
        if (!Rehydrator.isClaim(record.headers())) {
            context()
                    .forward(
                            record.withValue(new Emitted(record.value(), at.partition())),
                            RehydrationTopology.SINK);
            metrics.passed(route.namespace());
            return;
        }
        Optional<Ready> ready = prepared.take(new Place(at.topic(), at.partition(), at.offset()));
        try {
            // Read ahead as a rule. Where it is not, the partition waits here.
            Outcome outcome =
                    ready.map(Ready::outcome)
                            .orElseGet(
                                    () ->
                                            rehydrator
                                                    .begin(route, record.headers())
                                                    .outcome()
                                                    .join());
            context()
                    .forward(
                            emitted(record, route, outcome, at.partition()),
                            RehydrationTopology.SINK);
            if (route.awaited()) {
                tell(record, route, outcome);
            }
            count(route.namespace(), outcome);
        } finally {
            ready.ifPresent(prepared::done);
        }
    }

    /** In the same transaction as the derived record: neither is there without the other. */
    private void tell(Record<byte[], byte[]> record, Route route, Outcome outcome) {
        Optional<Claim> claim = claim(record, route);
        if (claim.isEmpty()) {
            return; // its headers are malformed: no event has ever spoken of it
        }
        ClaimKey key = new ClaimKey(new NamespaceName(route.namespace()), claim.get().id());
        long now = context().currentSystemTimeMs();
        Optional<Instant> keepUntil =
                outcome instanceof Outcome.Elsewhere(URI ignored, Duration validFor)
                        ? Optional.of(Instant.ofEpochMilli(now).plus(validFor))
                        : Optional.empty();
        ClaimEvent event = new ClaimEvent.Acknowledged(key, ClaimEvent.REHYDRATION, keepUntil);
        context()
                .forward(
                        new Record<>(
                                key.toString().getBytes(UTF_8),
                                new Emitted(ClaimCodec.write(event), Emitted.ANY),
                                now),
                        RehydrationTopology.CLAIMS);
    }

    private static Optional<Claim> claim(Record<byte[], byte[]> record, Route route) {
        try {
            return RecordFormat.read(record.headers(), route.metadataField().orElse(null)).claim();
        } catch (PrismException e) {
            return Optional.empty();
        }
    }

    private void count(String namespace, Outcome outcome) {
        switch (outcome) {
            case Outcome.Whole(byte[] payload) -> metrics.whole(namespace, payload.length);
            case Outcome.Elsewhere ignored -> metrics.elsewhere(namespace);
            case Outcome.Unavailable ignored -> metrics.unavailable(namespace);
        }
    }

    private static Record<byte[], Emitted> emitted(
            Record<byte[], byte[]> record, Route route, Outcome outcome, int partition) {
        Headers headers = new RecordHeaders(record.headers());
        headers.remove(RecordFormat.PAYLOAD_URL).remove(RecordFormat.ERROR);
        byte[] value = record.value();
        switch (outcome) {
            case Outcome.Whole(byte[] payload) -> {
                RecordFormat.removeClaim(headers, route.metadataField().orElse(null));
                value = payload;
            }
            case Outcome.Elsewhere(var url, var ignored) ->
                    headers.add(RecordFormat.PAYLOAD_URL, url.toString().getBytes(UTF_8));
            case Outcome.Unavailable(var code) ->
                    headers.add(RecordFormat.ERROR, code.name().getBytes(UTF_8));
        }
        return record.withValue(new Emitted(value, partition)).withHeaders(headers);
    }

    private ProcessorContext<byte[], Emitted> context() {
        return java.util.Objects.requireNonNull(context, "not initialised");
    }
}
