package io.prism.standalone.cli.client.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The messages of one fake Prism: one partition a key's hash says, in the order of arrival. */
public final class FakeLog {
    private static final int PARTITIONS = 4;

    private final List<Stored> all = new ArrayList<>();
    private final Map<String, PublishResponse> byMessageId = new HashMap<>();
    private final int[] next = new int[PARTITIONS];

    /**
     * @param request with its payload, wherever it came from
     */
    public record Stored(
            String namespace, PublishRequest request, String id, int partition, long offset) {
        public ByteString payload() {
            return request.getPayload();
        }

        /** What an event gives as payload_ref. */
        public String ref() {
            return namespace + "/" + id;
        }
    }

    synchronized PublishResponse append(String namespace, PublishRequest request) {
        String id =
                request.getMessageId().isEmpty()
                        ? "id-" + (all.size() + 1)
                        : request.getMessageId();
        PublishResponse before = byMessageId.get(id);
        if (before != null) {
            return before.toBuilder().setDuplicate(true).build();
        }
        int partition = Math.floorMod(request.getKey().hashCode(), PARTITIONS);
        long offset = next[partition]++;
        all.add(new Stored(namespace, request, id, partition, offset));
        PublishResponse response =
                PublishResponse.newBuilder()
                        .setSuccess(true)
                        .setMessageId(id)
                        .setPartition(partition)
                        .setOffset(offset)
                        .setPublishedAt(Timestamp.newBuilder().setSeconds(1_800_000_000L))
                        .build();
        byMessageId.put(id, response);
        notifyAll();
        return response;
    }

    /** The message at that place in the order of arrival, waiting for it at most so long. */
    synchronized Optional<Stored> at(int index, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (all.size() <= index) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
        return Optional.of(all.get(index));
    }

    /** Everything published so far. */
    public synchronized List<Stored> all() {
        return List.copyOf(all);
    }
}
