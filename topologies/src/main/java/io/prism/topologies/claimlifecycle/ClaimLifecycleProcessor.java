package io.prism.topologies.claimlifecycle;

import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.ClaimRelease.Reason;
import io.prism.core.error.PrismException;
import io.prism.topologies.claimlifecycle.ClaimState.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges a claim at each of its events, soon after when the audience was not known far enough, and
 * all waiting ones after a change of the audience and from time to time, in slices that do not hold
 * up events.
 */
final class ClaimLifecycleProcessor implements Processor<String, byte[], String, byte[]> {
    private static final Logger log = LoggerFactory.getLogger(ClaimLifecycleProcessor.class);
    static final Duration TICK = Duration.ofMillis(100);
    static final Duration RESCAN = Duration.ofMinutes(1);
    static final int SLICE = 500;

    private final Supplier<Audience> audiences;
    private final Set<String> unsettled = new LinkedHashSet<>();
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable KeyValueStore<String, ClaimState> store;

    private boolean scanning = true;
    private @Nullable String scannedTo;
    private long scannedVersion;
    private Instant scanBegan = Instant.MIN;

    ClaimLifecycleProcessor(Supplier<Audience> audiences) {
        this.audiences = audiences;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> given) {
        context = given;
        store = given.getStateStore(ClaimLifecycleTopology.STORE);
        scannedVersion = audiences.get().version();
        scanBegan = now();
        given.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, time -> tick());
    }

    private ProcessorContext<String, byte[]> context() {
        return Objects.requireNonNull(context);
    }

    private KeyValueStore<String, ClaimState> store() {
        return Objects.requireNonNull(store);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context().currentSystemTimeMs());
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (record.value() == null) {
            return; // nobody writes such a record
        }
        ClaimEvent event;
        try {
            event = ClaimCodec.readEvent(record.value());
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("an event about a claim is skipped; the claim waits for its ttl")
                    .setCause(e)
                    .log();
            return;
        }
        String key = event.claim().toString();
        ClaimState before = store().get(key);
        Instant now = now();
        (before == null ? ClaimState.unknown(now) : before)
                .after(event, now)
                .ifPresentOrElse(
                        after -> {
                            if (!after.equals(before)) {
                                store().put(key, after);
                            }
                            act(key, after, audiences.get(), now);
                        },
                        () -> forget(key));
    }

    private void act(String key, ClaimState state, Audience audience, Instant now) {
        ClaimKey claim = ClaimKey.parse(key);
        switch (state.judge(claim, audience, now)) {
            case Verdict.Waits waits -> unsettled.remove(key);
            case Verdict.Unsettled soon -> unsettled.add(key);
            case Verdict.Forgotten forgotten -> forget(key);
            case Verdict.Released(String objectKey, Reason reason) -> {
                forget(key);
                context()
                        .forward(
                                new Record<>(
                                        key,
                                        ClaimCodec.write(
                                                new ClaimRelease(
                                                        claim,
                                                        objectKey,
                                                        reason,
                                                        state.acknowledgedBy(),
                                                        now)),
                                        now.toEpochMilli()));
            }
        }
    }

    private void forget(String key) {
        unsettled.remove(key);
        store().delete(key);
    }

    private void tick() {
        Audience audience = audiences.get();
        Instant now = now();
        for (String key : unsettled.stream().limit(SLICE).toList()) {
            judge(key, audience, now);
        }
        if (!scanning
                && (audience.version() != scannedVersion
                        || !now.isBefore(scanBegan.plus(RESCAN)))) {
            scanning = true;
            scannedTo = null;
            scannedVersion = audience.version();
            scanBegan = now;
        }
        if (scanning) {
            scan(audience, now);
        }
    }

    private void judge(String key, Audience audience, Instant now) {
        ClaimState state = store().get(key);
        if (state == null) {
            unsettled.remove(key);
        } else {
            act(key, state, audience, now);
        }
    }

    private void scan(Audience audience, Instant now) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, ClaimState> waiting = store().range(scannedTo, null)) {
            while (waiting.hasNext() && keys.size() < SLICE) {
                KeyValue<String, ClaimState> entry = waiting.next();
                if (!entry.key.equals(scannedTo)) {
                    keys.add(entry.key);
                }
            }
            scanning = waiting.hasNext();
        }
        if (!keys.isEmpty()) {
            scannedTo = keys.getLast();
        }
        keys.forEach(key -> judge(key, audience, now));
    }
}
