package io.prism.core.claim;

import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * The reference: the contract of {@link ClaimStore} without a network, for tests and trials.
 * Nothing outlives it.
 */
public final class InMemoryClaimStore implements ClaimStore {
    private static final int PAGE = 100;

    private final ConcurrentSkipListMap<String, byte[]> objects;
    private final ConcurrentHashMap<String, Instant> modified = new ConcurrentHashMap<>();
    private final Set<String> inParts = ConcurrentHashMap.newKeySet();
    private final ClaimRules rules;
    private final Compression compression;
    private final TimeOrderedIds ids;
    private final Clock clock;

    public InMemoryClaimStore(PatternSpec.ClaimCheck claimCheck, TimeOrderedIds ids, Clock clock) {
        this(claimCheck, ids, clock, new ConcurrentSkipListMap<>());
    }

    /**
     * @param bucket what is at rest, by key; stores may share it, and tests may change it
     */
    InMemoryClaimStore(
            PatternSpec.ClaimCheck claimCheck,
            TimeOrderedIds ids,
            Clock clock,
            ConcurrentSkipListMap<String, byte[]> bucket) {
        this.objects = bucket;
        this.rules = new ClaimRules(claimCheck.storage().prefix(), claimCheck.cleanup(), clock);
        this.compression = claimCheck.compression();
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public void ensureReady() {
        // Memory is always there.
    }

    @Override
    public CompletableFuture<Claim> store(List<ByteBuffer> payload) {
        return CompletableFuture.completedFuture(put(ids.next(), payload));
    }

    private Claim put(UUID id, List<ByteBuffer> payload) {
        Encoded encoded = Encoded.of(compression, payload);
        ByteBuffer atRest = ByteBuffer.allocate(Math.toIntExact(encoded.body().size()));
        encoded.body().pieces().forEach(piece -> atRest.put(piece.duplicate()));
        Claim claim = encoded.claim(id, rules.keyOf(id));
        modified.put(claim.key(), clock.instant());
        objects.put(claim.key(), atRest.array());
        return claim;
    }

    @Override
    public Upload begin() {
        return new Pending(ids.next());
    }

    @Override
    public CompletableFuture<byte[]> load(Claim claim) {
        try (PayloadReader reader = reader(claim, 0, 0)) {
            return CompletableFuture.completedFuture(reader.readAll(1 << 20));
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    @Override
    public Download open(Claim claim, long offset, long length) {
        return reader(claim, offset, length);
    }

    /** Names the object; there is no server that would give it. */
    @Override
    public URI presign(Claim claim, Duration validity) {
        rules.check(claim);
        return URI.create("memory:///" + claim.key());
    }

    private PayloadReader reader(Claim claim, long offset, long length) {
        rules.check(claim);
        long count = ClaimRules.rangeLength(claim, offset, length);
        byte[] object = objects.get(claim.key());
        if (object == null) {
            throw rules.absent(claim, null);
        }
        if (claim.encoding() != Compression.IDENTITY) {
            return new PayloadReader(claim, new ByteArrayInputStream(object), offset, count);
        }
        if (object.length != claim.size()) {
            throw ClaimRules.corrupt(claim, "the object has " + object.length + " bytes", null);
        }
        return new PayloadReader(
                claim, new ByteArrayInputStream(object, (int) offset, (int) count), offset, count);
    }

    @Override
    public Expired expireBefore(Instant cutoff) {
        long claims = 0;
        long bytes = 0;
        for (String key : objects.headMap(rules.firstKeyAt(cutoff)).keySet()) {
            byte[] deleted = rules.idOf(key).isPresent() ? objects.remove(key) : null;
            claims += deleted == null ? 0 : 1;
            bytes += deleted == null ? 0 : deleted.length;
        }
        return new Expired(claims, bytes, 0);
    }

    /** An upload in memory is only its uploader's. */
    @Override
    public long abortIdleUploads(Instant cutoff) {
        return 0;
    }

    @Override
    public void list(Instant from, Instant before, Consumer<List<Stored>> page) {
        List<Stored> next = new ArrayList<>();
        for (var object :
                objects.subMap(rules.firstKeyAt(from), rules.firstKeyAt(before)).entrySet()) {
            rules.idOf(object.getKey())
                    .ifPresent(id -> next.add(stored(id, object.getKey(), object.getValue())));
            if (next.size() == PAGE) {
                page.accept(List.copyOf(next));
                next.clear();
            }
        }
        if (!next.isEmpty()) {
            page.accept(List.copyOf(next));
        }
    }

    private Stored stored(UUID id, String key, byte[] object) {
        return new Stored(
                id,
                object.length,
                modified.getOrDefault(key, TimeOrderedIds.instantOf(id)),
                inParts.contains(key));
    }

    @Override
    public long deleteIds(List<UUID> ids) {
        ids.forEach(id -> objects.remove(rules.keyOf(id)));
        return ids.size();
    }

    @Override
    public Usage usage() {
        List<byte[]> claims =
                objects.entrySet().stream()
                        .filter(object -> rules.idOf(object.getKey()).isPresent())
                        .map(java.util.Map.Entry::getValue)
                        .toList();
        return new Usage(claims.size(), claims.stream().mapToLong(claim -> claim.length).sum());
    }

    @Override
    public long delete(List<Claim> claims) {
        claims.forEach(rules::check);
        claims.forEach(claim -> objects.remove(claim.key()));
        return claims.size();
    }

    @Override
    public long deleteAll() {
        List<String> keys =
                objects.keySet().stream().filter(key -> key.startsWith(rules.prefix())).toList();
        return keys.stream().filter(key -> objects.remove(key) != null).count();
    }

    private final class Pending implements Upload {
        private final UUID id;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean over;

        Pending(UUID id) {
            this.id = id;
        }

        @Override
        public void write(ByteBuffer data) {
            requireOpen();
            byte[] copy = new byte[data.remaining()];
            data.get(copy);
            bytes.writeBytes(copy);
        }

        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public Claim complete() {
            requireOpen();
            over = true;
            inParts.add(rules.keyOf(id));
            return put(id, List.of(ByteBuffer.wrap(bytes.toByteArray())));
        }

        @Override
        public void close() {
            over = true;
        }

        private void requireOpen() {
            if (over) {
                throw new IllegalStateException("the upload is over");
            }
        }
    }
}
