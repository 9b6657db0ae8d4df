package io.prism.gateway.transact;

import java.time.Duration;

/**
 * How transactions run.
 *
 * @param writers connections to one database for single calls
 * @param interactive transactions open at once, each of which has a connection
 * @param writeTimeout of a single call that says nothing
 * @param interactiveTimeout of a transaction over many requests that says nothing
 * @param longest that a caller can ask for
 * @param idle how long an open transaction may wait for its next request
 * @param keyAge how long idempotency keys are remembered
 * @param mailboxBytes of payload in one answer; a single message may have more
 */
public record TransactSettings(
        int writers,
        int interactive,
        Duration writeTimeout,
        Duration interactiveTimeout,
        Duration longest,
        Duration idle,
        Duration keyAge,
        long mailboxBytes) {

    /**
     * @param poolSize connections that the process has to one database for each purpose
     */
    public static TransactSettings of(int poolSize) {
        return new TransactSettings(
                2 * poolSize,
                2 * poolSize,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10),
                Duration.ofDays(1),
                8 << 20);
    }
}
