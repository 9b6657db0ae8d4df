package io.prism.gateway.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.cache.RedisLink;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.DataSize;
import io.prism.gateway.metrics.Metric;
import io.prism.v1.CacheGetRequest;
import io.prism.v1.CacheGetResponse;
import io.prism.v1.DeleteRequest;
import io.prism.v1.DeleteResponse;
import io.prism.v1.ExistsRequest;
import io.prism.v1.ExistsResponse;
import io.prism.v1.GetMultiRequest;
import io.prism.v1.GetMultiResponse;
import io.prism.v1.IncrementRequest;
import io.prism.v1.IncrementResponse;
import io.prism.v1.SetRequest;
import io.prism.v1.SetResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** One namespace's values, as CacheService has them. Thread-safe; calls block. */
public final class KeyValues {
    private static final int LONGEST_KEY = 1024;
    private static final int MOST_KEYS = 1000;

    /**
     * A counter that the call makes is given a time to live; in one step, so that none lacks it.
     */
    private static final byte[] INCREMENT =
            """
            local made = redis.call('EXISTS', KEYS[1]) == 0
            local value = redis.call('INCRBY', KEYS[1], ARGV[1])
            if made and ARGV[2] ~= '' then
              redis.call('PEXPIRE', KEYS[1], ARGV[2])
            end
            return value
            """
                    .getBytes(UTF_8);

    private final String namespace;
    private final RedisLink redis;
    private final Optional<java.time.Duration> ttl;
    private final Optional<DataSize> maxItemSize;
    private final MeterRegistry meters;

    /**
     * @param ttl of values that are set without one; empty keeps them
     */
    public KeyValues(
            String namespace,
            RedisLink redis,
            Optional<java.time.Duration> ttl,
            Optional<DataSize> maxItemSize,
            MeterRegistry meters) {
        this.namespace = namespace;
        this.redis = redis;
        this.ttl = ttl;
        this.maxItemSize = maxItemSize;
        this.meters = meters;
    }

    public CacheGetResponse get(CacheGetRequest request) {
        byte[] key = key("key", request.getKey());
        return reading(
                "get",
                () -> {
                    List<Object> found =
                            await(
                                    commands -> {
                                        // Sent together, and so answered as of one moment but for
                                        // a time to live that ends in between.
                                        CompletionStage<byte[]> value = commands.get(key);
                                        CompletionStage<Long> left = commands.pttl(key);
                                        return value.thenCombine(
                                                left,
                                                (bytes, millis) -> {
                                                    List<Object> both = new ArrayList<>();
                                                    if (bytes != null) {
                                                        both.add(bytes);
                                                        both.add(millis);
                                                    }
                                                    return both;
                                                });
                                    });
                    CacheGetResponse.Builder response = CacheGetResponse.newBuilder();
                    if (!found.isEmpty()) {
                        response.setFound(true)
                                .setValue(ByteString.copyFrom((byte[]) found.get(0)));
                        long left = (Long) found.get(1);
                        if (left >= 0) {
                            response.setRemainingTtl(duration(left));
                        }
                    }
                    return new Outcome<>(response.build(), found.isEmpty() ? "miss" : "hit");
                },
                () -> CacheGetResponse.newBuilder().setDegraded(true).build());
    }

    public GetMultiResponse getMulti(GetMultiRequest request) {
        if (request.getKeysCount() > MOST_KEYS) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "keys", "at most " + MOST_KEYS + " keys at once");
        }
        List<String> names = List.copyOf(new LinkedHashSet<>(request.getKeysList()));
        if (names.isEmpty()) {
            return GetMultiResponse.getDefaultInstance();
        }
        byte[][] keys = new byte[names.size()][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key("keys", names.get(i));
        }
        return reading(
                "get_multi",
                () -> {
                    GetMultiResponse.Builder response = GetMultiResponse.newBuilder();
                    await(commands -> commands.mget(keys))
                            .forEach(
                                    entry -> {
                                        if (entry.hasValue()) {
                                            response.putValues(
                                                    name(entry.getKey()),
                                                    ByteString.copyFrom(entry.getValue()));
                                        }
                                    });
                    return new Outcome<>(
                            response.build(), response.getValuesCount() == 0 ? "miss" : "hit");
                },
                () -> GetMultiResponse.newBuilder().setDegraded(true).build());
    }

    public ExistsResponse exists(ExistsRequest request) {
        byte[] key = key("key", request.getKey());
        return reading(
                "exists",
                () -> {
                    boolean there = await(commands -> commands.exists(key)) > 0;
                    return new Outcome<>(
                            ExistsResponse.newBuilder().setExists(there).build(),
                            there ? "hit" : "miss");
                },
                () -> ExistsResponse.newBuilder().setDegraded(true).build());
    }

    public SetResponse set(SetRequest request) {
        byte[] key = key("key", request.getKey());
        if (request.getOnlyIfAbsent() && request.getOnlyIfPresent()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "only_if_present",
                    "only_if_absent and only_if_present contradict each other: give one");
        }
        maxItemSize
                .filter(most -> request.getValue().size() > most.bytes())
                .ifPresent(
                        most -> {
                            throw PrismException.ofField(
                                            ErrorCode.PAYLOAD_TOO_LARGE,
                                            "value",
                                            "the value has "
                                                    + request.getValue().size()
                                                    + " bytes, and the namespace's max_item_size"
                                                    + " is "
                                                    + most)
                                    .with("limit", most.bytes());
                        });
        SetArgs how = new SetArgs();
        millis(request.hasTtl(), request.getTtl()).ifPresent(how::px);
        if (request.getOnlyIfAbsent()) {
            how.nx();
        }
        if (request.getOnlyIfPresent()) {
            how.xx();
        }
        return writing(
                "set",
                () -> {
                    boolean stored =
                            await(
                                            commands ->
                                                    commands.set(
                                                                    key,
                                                                    request.getValue()
                                                                            .toByteArray(),
                                                                    how)
                                                            .thenApply(Optional::ofNullable))
                                    .isPresent();
                    return new Outcome<>(
                            SetResponse.newBuilder().setStored(stored).build(),
                            stored ? "stored" : "not_stored");
                });
    }

    public DeleteResponse delete(DeleteRequest request) {
        byte[] key = key("key", request.getKey());
        return writing(
                "delete",
                () -> {
                    boolean deleted = await(commands -> commands.del(key)) > 0;
                    return new Outcome<>(
                            DeleteResponse.newBuilder().setDeleted(deleted).build(),
                            deleted ? "deleted" : "miss");
                });
    }

    public IncrementResponse increment(IncrementRequest request) {
        byte[] key = key("key", request.getKey());
        long delta = request.hasDelta() ? request.getDelta() : 1;
        String life = millis(request.hasTtl(), request.getTtl()).map(String::valueOf).orElse("");
        return writing(
                "increment",
                () -> {
                    long value =
                            await(
                                    commands ->
                                            commands.<Long>eval(
                                                    INCREMENT,
                                                    ScriptOutputType.INTEGER,
                                                    new byte[][] {key},
                                                    Long.toString(delta).getBytes(UTF_8),
                                                    life.getBytes(UTF_8)));
                    return new Outcome<>(
                            IncrementResponse.newBuilder().setValue(value).build(), "stored");
                });
    }

    private record Outcome<T>(T answer, String counted) {}

    /** Whoever reads a cache that cannot be asked finds nothing. */
    private <T> T reading(String method, Supplier<Outcome<T>> call, Supplier<T> degraded) {
        try {
            return counted(method, call.get());
        } catch (PrismException e) {
            if (e.code() != ErrorCode.CACHE_UNAVAILABLE) {
                throw e;
            }
            return counted(method, new Outcome<>(degraded.get(), "degraded"));
        }
    }

    private <T> T writing(String method, Supplier<Outcome<T>> call) {
        try {
            return counted(method, call.get());
        } catch (PrismException e) {
            var unused = counted(method, new Outcome<>("", e.code().name()));
            throw e;
        }
    }

    private <T> T counted(String method, Outcome<T> outcome) {
        Metric.CACHE_VALUES
                .counter(
                        meters,
                        "namespace",
                        namespace,
                        "method",
                        method,
                        "outcome",
                        outcome.counted())
                .increment();
        return outcome.answer();
    }

    private <T> T await(Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        try {
            return redis.call(command).get();
        } catch (ExecutionException e) {
            throw known(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "the call was interrupted", e);
        }
    }

    private static PrismException known(Throwable failure) {
        if (failure instanceof PrismException own) {
            return own;
        }
        String said = String.valueOf(failure.getMessage());
        if (failure instanceof RedisCommandExecutionException && said.contains("not an integer")) {
            return PrismException.ofField(
                    ErrorCode.VALUE_INVALID, "key", "the key's value is not a counter");
        }
        if (failure instanceof RedisCommandExecutionException && said.contains("overflow")) {
            return PrismException.ofField(
                    ErrorCode.VALUE_INVALID, "delta", "the counter would leave 64 bits");
        }
        return new PrismException(
                ErrorCode.CACHE_REFUSED, "redis refused the command: " + said, failure);
    }

    private byte[] key(String field, String key) {
        if (key.isEmpty() || key.getBytes(UTF_8).length > LONGEST_KEY) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    field,
                    "a key has 1 to " + LONGEST_KEY + " bytes of UTF-8");
        }
        return (prefix() + key).getBytes(UTF_8);
    }

    private String name(byte[] key) {
        return new String(key, UTF_8).substring(prefix().length());
    }

    private String prefix() {
        return "prism:{" + namespace + "}:";
    }

    /** The request's own comes before the namespace's. */
    private Optional<Long> millis(boolean given, Duration asked) {
        if (!given) {
            return ttl.map(own -> Math.max(1, own.toMillis()));
        }
        long millis;
        try {
            millis =
                    Math.addExact(
                            Math.multiplyExact(asked.getSeconds(), 1000L),
                            asked.getNanos() / 1_000_000L);
        } catch (ArithmeticException tooLong) {
            millis = 0;
        }
        if (millis < 1 || millis > java.time.Duration.ofDays(36_500).toMillis()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "ttl", "a ttl is from 1 ms to 100 years");
        }
        return Optional.of(millis);
    }

    private static Duration duration(long millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }
}
