package io.prism.standalone.e2e;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Publishes message after message under ids of its own, each one until it is answered OK; what is
 * large goes in chunks.
 */
final class SteadyPublisher extends SteadyClient {
    private static final int CHUNKED = 5_000_000;
    private static final int CHUNK = 1_000_000;
    private static final long PATIENCE_SECONDS = 120;
    private static final long CROWDED_MILLIS = 20;

    private final String name;
    private final String topic;
    private final Calls calls;
    private final String key;
    private final Function<String, ByteString> payloads;
    private final BooleanSupplier crowded;
    private final Set<String> published = ConcurrentHashMap.newKeySet();
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /** What differs between a topic and a queue. */
    record Calls(
            Function<PublishRequest, PublishResponse> unary,
            Function<StreamObserver<PublishResponse>, StreamObserver<PublishChunk>> chunked) {
        static Calls pubsub(TestClient client, String namespace) {
            return new Calls(
                    request -> client.pubsub(namespace).publish(request),
                    observer -> client.asyncPubsub(namespace).publishChunked(observer));
        }

        static Calls queue(TestClient client, String namespace) {
            return new Calls(
                    request -> client.queue(namespace).publish(request),
                    observer -> client.asyncQueue(namespace).publishChunked(observer));
        }
    }

    /**
     * @param name begins the ids
     * @param crowded true while consumers have enough to do
     */
    SteadyPublisher(
            TestClient client, Calls calls, String topic, String name, BooleanSupplier crowded) {
        this(client, calls, topic, name, "", SeededPayloads::of, crowded);
    }

    /**
     * @param key of all its messages; empty for none
     * @param payloads by message id
     */
    SteadyPublisher(
            TestClient client,
            Calls calls,
            String topic,
            String name,
            String key,
            Function<String, ByteString> payloads,
            BooleanSupplier crowded) {
        super(client);
        this.calls = calls;
        this.topic = topic;
        this.name = name;
        this.key = key;
        this.payloads = payloads;
        this.crowded = crowded;
    }

    @Override
    public void run() {
        for (int number = 0; !isStopped(); number++) {
            publish(name + "-" + number);
            while (crowded.getAsBoolean() && !isStopped()) {
                pause(CROWDED_MILLIS);
            }
        }
    }

    private void publish(String id) {
        PublishRequest.Builder request =
                PublishRequest.newBuilder().setTopic(topic).setKey(key).setMessageId(id);
        ByteString payload = payloads.apply(id);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!published.contains(id)) {
            attempts.incrementAndGet();
            try {
                PublishResponse response =
                        payload.size() >= CHUNKED
                                ? chunked(request, payload)
                                : calls.unary().apply(request.setPayload(payload).build());
                if (!response.getMessageId().equals(id)) {
                    throw new AssertionError(id + " was answered with " + response);
                }
                published.add(id);
            } catch (StatusRuntimeException e) {
                failures.incrementAndGet();
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(id + " could not be published", e);
                }
                awaitAgain(e);
            }
        }
    }

    private PublishResponse chunked(PublishRequest.Builder header, ByteString payload) {
        CompletableFuture<PublishResponse> response = new CompletableFuture<>();
        StreamObserver<PublishChunk> chunks = calls.chunked().apply(new FutureObserver<>(response));
        chunks.onNext(PublishChunk.newBuilder().setHeader(header).build());
        for (int from = 0; from < payload.size() && !response.isDone(); from += CHUNK) {
            int to = Math.min(payload.size(), from + CHUNK);
            chunks.onNext(PublishChunk.newBuilder().setData(payload.substring(from, to)).build());
        }
        chunks.onCompleted();
        try {
            return response.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StatusRuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The ids that were answered OK. */
    Set<String> published() {
        return published;
    }

    /** How many calls failed, and were made again. */
    long failures() {
        return failures.get();
    }

    /** How often a publish was asked for. */
    long attempts() {
        return attempts.get();
    }
}
