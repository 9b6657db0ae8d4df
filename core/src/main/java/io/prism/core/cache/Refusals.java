package io.prism.core.cache;

import io.lettuce.core.RedisCommandExecutionException;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what a server refuses, once for each reason: it answers, so nothing else tells that nobody
 * is served by it. Thread-safe.
 */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    /** Reasons; more are not said. */
    private static final int MOST = 100;

    private final String redis;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    Refusals(String redis) {
        this.redis = redis;
    }

    /** Whether a failure is a refusal, which is said if it is new. */
    boolean heard(Throwable failure) {
        boolean refused =
                failure instanceof RedisCommandExecutionException
                        || failure instanceof PrismException known
                                && known.code() == ErrorCode.CACHE_REFUSED;
        String reason = String.valueOf(failure.getMessage());
        if (refused && said.size() < MOST && said.add(reason)) {
            log.atWarn()
                    .setMessage(
                            "redis refuses what a cache of rows needs; its callers go on without")
                    .addKeyValue("redis", redis)
                    .addKeyValue("cause", reason)
                    .log();
        }
        return refused;
    }

    /** How many reasons there were. */
    int count() {
        return said.size();
    }
}
