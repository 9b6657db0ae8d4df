package io.prism.topologies.rehydration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.record.RecordFormat;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** One namespace, {@code videos}, whose topics are rehydrated up to 1,000 bytes. */
final class Fixture implements AutoCloseable {
    static final String TOPIC = "videos.t";
    static final String TARGET = "videos.t.rehydrated";
    static final int MAX_SIZE = 1_000;

    final GatedStore store = new GatedStore();
    final RouteTable routes = new RouteTable();
    final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    final AtomicInteger failures = new AtomicInteger();
    final Rehydrator rehydrator;
    final RehydrationMetrics metrics =
            new RehydrationMetrics() {
                @Override
                public void passed(String namespace) {}

                @Override
                public void whole(String namespace, long bytes) {}

                @Override
                public void elsewhere(String namespace) {}

                @Override
                public void unavailable(String namespace) {}

                @Override
                public void failed(String namespace, ErrorCode code) {
                    failures.incrementAndGet();
                }
            };

    Fixture() {
        rehydrator = new Rehydrator(blocking, Duration.ofHours(1), Duration.ofMillis(5), metrics);
        serve();
    }

    void serve() {
        routes.replace(
                Map.of(
                        TOPIC,
                        new Route(
                                "videos",
                                TOPIC,
                                TARGET,
                                MAX_SIZE,
                                Optional.of("claim_ref"),
                                store,
                                true,
                                new Semaphore(8))));
    }

    static byte[] payload(int size, int seed) {
        byte[] bytes = new byte[size];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Headers headers(@Nullable Claim claim) {
        return RecordFormat.write(
                "id",
                "videos".getBytes(UTF_8),
                "claim-check@1".getBytes(UTF_8),
                claim,
                "claim_ref",
                new TreeMap<>(Map.of("user", "data")));
    }

    static Map<String, String> text(Headers headers) {
        Map<String, String> text = new TreeMap<>();
        headers.forEach(header -> text.put(header.key(), new String(header.value(), UTF_8)));
        return text;
    }

    @Override
    public void close() {
        blocking.shutdownNow();
    }
}
