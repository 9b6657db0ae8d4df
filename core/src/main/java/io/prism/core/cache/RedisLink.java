package io.prism.core.cache;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Redis, reached through one connection that all callers share and that comes back by itself.
 * Nothing here blocks; what cannot be done within the timeout fails with CACHE_UNAVAILABLE, at once
 * while the server is known not to answer. Thread-safe.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration SHORTEST_CONNECT = Duration.ofSeconds(1);

    private final String name;
    private final RedisConfig.Server server;
    private final RedisURI uri;
    private final RedisClient shared;
    private final RedisClient brief;
    private final LongSupplier nanos;
    private final Breaker breaker;
    private volatile String problem = "";
    private volatile boolean closed;
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection;

    RedisLink(
            String name,
            RedisConfig.Server server,
            Duration timeout,
            ClientResources resources,
            LongSupplier nanos) {
        this.name = name;
        this.server = server;
        this.uri = uri(server, timeout);
        this.nanos = nanos;
        this.breaker = new Breaker(nanos);
        Duration connect = timeout.compareTo(SHORTEST_CONNECT) < 0 ? SHORTEST_CONNECT : timeout;
        ClientOptions options =
                ClientOptions.builder()
                        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                        .timeoutOptions(TimeoutOptions.enabled(timeout))
                        // What was sent and not answered is its caller's to repeat, not ours.
                        .replayFilter(command -> true)
                        .socketOptions(
                                SocketOptions.builder()
                                        .connectTimeout(connect)
                                        .keepAlive(true)
                                        .build())
                        .build();
        this.shared = RedisClient.create(resources);
        shared.setOptions(options);
        // A connection that ends with the server it was made to.
        this.brief = RedisClient.create(resources);
        brief.setOptions(options.mutate().autoReconnect(false).build());
    }

    private static RedisURI uri(RedisConfig.Server server, Duration timeout) {
        RedisURI uri = RedisURI.create(server.url());
        uri.setTimeout(timeout);
        uri.setClientName("prism");
        if (!server.password().isEmpty()) {
            if (server.user().isEmpty()) {
                uri.setAuthentication(server.password().toCharArray());
            } else {
                uri.setAuthentication(server.user(), server.password().toCharArray());
            }
        }
        return uri;
    }

    /** The name that namespaces use. */
    public String name() {
        return name;
    }

    /** A clock that never goes back. */
    long nanos() {
        return nanos.getAsLong();
    }

    /** Why it is not used at present, or an empty text. */
    public String problem() {
        return breaker.open() ? problem : "";
    }

    /**
     * Runs commands on the shared connection.
     *
     * @param command called on any thread; must not block, nor throw
     * @return what the command answers; CACHE_UNAVAILABLE, or Lettuce's {@link
     *     RedisCommandExecutionException} where the server refused the command; a PrismException of
     *     the command's own stays what it is
     */
    public <T> CompletableFuture<T> call(
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        if (!breaker.permit()) {
            return CompletableFuture.failedFuture(unavailable(null));
        }
        return guarded(outcome(() -> connected().thenCompose(live -> command.apply(live.async()))));
    }

    /**
     * Runs commands on a connection of their own, which ends at the latest with the server process
     * that it was made to, so that all of them reach the same one, or fail.
     */
    <T> CompletableFuture<T> onceConnected(
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> commands) {
        if (!breaker.permit()) {
            return CompletableFuture.failedFuture(unavailable(null));
        }
        return guarded(
                outcome(
                        () ->
                                brief.connectAsync(ByteArrayCodec.INSTANCE, uri)
                                        .toCompletableFuture()
                                        .thenCompose(
                                                live ->
                                                        commands.apply(live.async())
                                                                .whenComplete(
                                                                        (done, failure) ->
                                                                                live
                                                                                        .closeAsync()))));
    }

    /** The breaker waits for an outcome of what it has permitted. */
    private static <T> CompletableFuture<T> outcome(Supplier<CompletableFuture<T>> attempt) {
        try {
            return attempt.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Blocks.
     *
     * @throws PrismException CACHE_UNAVAILABLE
     */
    public void checkAnswers() {
        try {
            var unused = call(RedisAsyncCommands::ping).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PrismException known ? known : unavailable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "the call was interrupted", e);
        }
    }

    private <T> CompletableFuture<T> guarded(CompletableFuture<T> outcome) {
        return outcome.handle(
                        (answer, thrown) -> {
                            if (thrown == null) {
                                came();
                                return CompletableFuture.completedFuture(answer);
                            }
                            Throwable cause = unwrapped(thrown);
                            if (cause instanceof PrismException || answered(cause)) {
                                came();
                                return CompletableFuture.<T>failedFuture(cause);
                            }
                            failed(cause);
                            return CompletableFuture.<T>failedFuture(unavailable(cause));
                        })
                .thenCompose(Function.identity());
    }

    private synchronized CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connected() {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("closed"));
        }
        if (connection == null || connection.isCompletedExceptionally()) {
            connection = shared.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        }
        return connection;
    }

    /** Whether the server is well and said no, rather than not there or not ready. */
    private static boolean answered(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                && !(failure instanceof RedisLoadingException)
                && !(failure instanceof RedisReadOnlyException);
    }

    private void came() {
        if (breaker.succeeded()) {
            log.atInfo().setMessage("redis is back").addKeyValue("redis", name).log();
        }
    }

    private void failed(Throwable cause) {
        problem = "redis " + name + " at " + server + " does not answer";
        if (breaker.failed() && !closed) {
            log.atWarn()
                    .setMessage("redis does not answer; its callers go on without it")
                    .addKeyValue("redis", name)
                    .addKeyValue("server", server)
                    .addKeyValue("cause", cause.toString())
                    .log();
        }
    }

    private PrismException unavailable(@Nullable Throwable cause) {
        return new PrismException(
                        ErrorCode.CACHE_UNAVAILABLE,
                        "redis " + name + " at " + server + " does not answer; try again",
                        cause)
                .with("redis", name);
    }

    static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Calls in flight fail. */
    @Override
    public void close() {
        closed = true;
        shared.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        brief.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
