package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import java.util.concurrent.ExecutionException;

/** Removes everything a namespace has in Redis, a little at a time. */
public final class NamespaceEraser {
    private static final int STEP = 1000;

    private NamespaceEraser() {}

    /**
     * Makes rows that a namespace of that name has left behind invisible; blocks. Values of clients
     * stay.
     *
     * @throws PrismException CACHE_UNAVAILABLE
     */
    public static void forget(RedisLink redis, NamespaceName namespace) {
        try {
            redis.call(commands -> commands.del(new Keys(namespace.value()).generation())).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PrismException known ? known : refused(namespace, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "the call was interrupted", e);
        }
    }

    private static PrismException refused(NamespaceName namespace, ExecutionException e) {
        return new PrismException(
                ErrorCode.CACHE_REFUSED,
                "redis refused to remove the cache of namespace " + namespace,
                e.getCause());
    }

    /**
     * Blocks. Whoever reads meanwhile finds the cache cleared.
     *
     * @throws PrismException CACHE_UNAVAILABLE; what is there then ends with its ttl
     */
    public static void erase(RedisLink redis, NamespaceName namespace) {
        // A namespace's name holds nothing that a pattern would take for its own.
        ScanArgs own = new ScanArgs().match("prism:{" + namespace.value() + "}*", UTF_8);
        try {
            // Entries without their generation are not served, so that comes first.
            redis.call(commands -> commands.del(new Keys(namespace.value()).generation())).get();
            ScanCursor cursor = ScanCursor.INITIAL;
            do {
                ScanCursor from = cursor;
                KeyScanCursor<byte[]> found =
                        redis.call(commands -> commands.scan(from, own.limit(STEP))).get();
                if (!found.getKeys().isEmpty()) {
                    redis.call(commands -> commands.unlink(found.getKeys().toArray(byte[][]::new)))
                            .get();
                }
                cursor = found;
            } while (!cursor.isFinished());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PrismException known ? known : refused(namespace, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "the call was interrupted", e);
        }
    }
}
