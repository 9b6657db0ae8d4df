package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.prism.core.spec.NamespaceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Values that no applied invalidation is newer than.
 *
 * <ul>
 *   <li>A lookup that finds nothing gives a lease to one caller, who reads the database
 *       <em>afterwards</em> and fills.
 *   <li>An invalidation deletes the value, voids the lease, and leaves a fence.
 *   <li>A fill with a voided or expired lease, or read from a state of the database that may not
 *       show a fence's change yet, is not stored.
 *   <li>Nothing that a Redis held before it was restarted, or before it was replaced by a replica,
 *       is served: it may have forgotten invalidations.
 * </ul>
 *
 * <p>Each is one script, run by Redis as one step. All of a namespace lives in one hash slot. Calls
 * return at once; stages fail as {@link RedisLink#call} says, and are completed on Redis's threads:
 * what depends on them must not block there. Thread-safe.
 */
public final class FencedCache {
    /** Keys an invalidation sends to Redis at once. */
    private static final int BATCH = 256;

    private final RedisLink redis;
    private final FencedCacheSettings settings;
    private final Supplier<String> tokens;
    private final Refusals refusals;
    private final Admission admission;

    /**
     * @param tokens makes texts that are never made twice by any process
     */
    public FencedCache(RedisLink redis, FencedCacheSettings settings, Supplier<String> tokens) {
        this.redis = redis;
        this.settings = settings;
        this.tokens = tokens;
        this.refusals = new Refusals(redis.name());
        this.admission = new Admission(redis, tokens, refusals);
    }

    /** Reasons for which the server has refused something so far. */
    int refusals() {
        return refusals.count();
    }

    /** A hit, or a lease for the caller, or word that someone else has it. */
    public CompletableFuture<Lookup> lookup(NamespaceName namespace, String key) {
        Keys keys = new Keys(namespace.value());
        String token = tokens.get();
        return this.<List<Object>>run(
                        namespace,
                        Script.LOOKUP,
                        ScriptOutputType.MULTI,
                        List.of(keys.value(key), keys.lease(key), keys.generation()),
                        List.of(token.getBytes(UTF_8), millis(settings.lease())))
                .thenApply(answer -> lookup(answer, token));
    }

    private static Lookup lookup(List<Object> answer, String token) {
        return switch (new String((byte[]) answer.getFirst(), US_ASCII)) {
            case "hit" -> new Lookup.Hit(Entry.decode((byte[]) answer.get(1)));
            case "filling" -> new Lookup.Filling(new String((byte[]) answer.get(1), UTF_8));
            default -> new Lookup.Miss(token);
        };
    }

    /**
     * A lease for a value that nobody asks for yet.
     *
     * @return its token; empty where there is a value, or someone else has the lease
     */
    public CompletableFuture<Optional<String>> lease(NamespaceName namespace, String key) {
        Keys keys = new Keys(namespace.value());
        String token = tokens.get();
        return this.<Long>run(
                        namespace,
                        Script.LEASE,
                        ScriptOutputType.INTEGER,
                        List.of(keys.value(key), keys.lease(key), keys.generation()),
                        List.of(token.getBytes(UTF_8), millis(settings.lease())))
                .thenApply(given -> given == 1 ? Optional.of(token) : Optional.empty());
    }

    /** The value, without a lease where there is none. */
    public CompletableFuture<Optional<CachedValue>> peek(NamespaceName namespace, String key) {
        Keys keys = new Keys(namespace.value());
        return redis.call(
                commands ->
                        commands.mget(keys.generation(), keys.value(key))
                                .thenApply(
                                        found ->
                                                found.get(1).hasValue()
                                                                && found.get(0).hasValue()
                                                                && Entry.belongs(
                                                                        found.get(1).getValue(),
                                                                        found.get(0).getValue())
                                                        ? Optional.of(
                                                                Entry.decode(
                                                                        found.get(1).getValue()))
                                                        : Optional.empty()));
    }

    /**
     * Stores a value that was read after the lease was given.
     *
     * @param token of the {@link Lookup.Miss}
     * @param ttl how long it is served at most
     */
    public CompletableFuture<FillOutcome> fill(
            NamespaceName namespace, String key, String token, CachedValue value, Duration ttl) {
        Keys keys = new Keys(namespace.value());
        return this.<byte[]>run(
                        namespace,
                        Script.FILL,
                        ScriptOutputType.VALUE,
                        List.of(
                                keys.value(key),
                                keys.lease(key),
                                keys.generation(),
                                keys.fence(key),
                                keys.clearing()),
                        List.of(
                                token.getBytes(UTF_8),
                                Entry.hex(value.point().xmin()),
                                Entry.hex(value.point().lsn()),
                                Entry.millis(value.asOf()),
                                millis(ttl),
                                value.bytes()))
                .thenApply(
                        answer ->
                                switch (new String(answer, US_ASCII)) {
                                    case "stored" -> FillOutcome.STORED;
                                    case "voided" -> FillOutcome.VOIDED;
                                    default -> FillOutcome.OLDER;
                                });
    }

    /** Gives a lease back unused, so that another caller gets one at once. */
    public CompletableFuture<Void> release(NamespaceName namespace, String key, String token) {
        Keys keys = new Keys(namespace.value());
        return this.<Long>run(
                        namespace,
                        Script.RELEASE,
                        ScriptOutputType.INTEGER,
                        List.of(keys.lease(key), keys.generation()),
                        List.of(token.getBytes(UTF_8)))
                .thenAccept(released -> {});
    }

    /**
     * Makes changes known. When the stage completes, nobody is served a value older than any of
     * them; where it fails, all must be told again, which does no harm. Batches are pipelined.
     *
     * @return how many values were there and are gone
     */
    public CompletableFuture<Integer> invalidate(
            NamespaceName namespace, List<Invalidation> changes) {
        Keys keys = new Keys(namespace.value());
        List<CompletableFuture<Long>> batches = new ArrayList<>();
        for (int from = 0; from < changes.size(); from += BATCH) {
            List<byte[]> names = new ArrayList<>();
            List<byte[]> points = new ArrayList<>();
            points.add(millis(settings.fence()));
            for (Invalidation change :
                    changes.subList(from, Math.min(changes.size(), from + BATCH))) {
                names.add(keys.value(change.key()));
                names.add(keys.lease(change.key()));
                names.add(keys.fence(change.key()));
                points.add(Entry.hex32(change.at().xid()));
                points.add(Entry.hex(change.at().lsn()));
            }
            batches.add(run(namespace, Script.INVALIDATE, ScriptOutputType.INTEGER, names, points));
        }
        return CompletableFuture.allOf(batches.toArray(CompletableFuture[]::new))
                .thenApply(
                        done ->
                                batches.stream()
                                        .mapToInt(deleted -> deleted.join().intValue())
                                        .sum());
    }

    /**
     * Clears a namespace in one step, whatever it holds (TRUNCATE): values of before are never
     * served again and end with their ttl; leases are voided, and a fence is left for every key.
     */
    public CompletableFuture<Void> clear(NamespaceName namespace, ChangePoint at) {
        Keys keys = new Keys(namespace.value());
        return this.<Long>run(
                        namespace,
                        Script.CLEAR,
                        ScriptOutputType.INTEGER,
                        List.of(keys.generation(), keys.clearing()),
                        List.of(
                                Generations.next(tokens),
                                Entry.hex32(at.xid()),
                                Entry.hex(at.lsn()),
                                millis(settings.fence())))
                .thenAccept(cleared -> {});
    }

    private static byte[] millis(Duration duration) {
        return Long.toString(Math.max(1, duration.toMillis())).getBytes(US_ASCII);
    }

    /** A server that does not know the script has been restarted, or never served the namespace. */
    private <T> CompletableFuture<T> run(
            NamespaceName namespace,
            Script script,
            ScriptOutputType output,
            List<byte[]> keys,
            List<byte[]> arguments) {
        Supplier<CompletableFuture<T>> attempt =
                () ->
                        redis.call(
                                commands ->
                                        commands.<T>evalsha(
                                                admission.sha(namespace.value(), script),
                                                output,
                                                keys.toArray(byte[][]::new),
                                                arguments.toArray(byte[][]::new)));
        return attempt.get()
                .exceptionallyCompose(
                        thrown ->
                                RedisLink.unwrapped(thrown) instanceof RedisNoScriptException
                                        ? admission
                                                .admit(namespace.value())
                                                .thenCompose(done -> attempt.get())
                                        : CompletableFuture.failedFuture(
                                                RedisLink.unwrapped(thrown)))
                .whenComplete(
                        (answer, thrown) -> {
                            if (thrown != null) {
                                var unused = refusals.heard(RedisLink.unwrapped(thrown));
                            }
                        });
    }
}
