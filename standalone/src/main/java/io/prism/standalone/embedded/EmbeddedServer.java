package io.prism.standalone.embedded;

import java.util.concurrent.CompletableFuture;

/** One running server; whoever started it closes it. */
sealed interface EmbeddedServer extends AutoCloseable
        permits EmbeddedKafka, EmbeddedPostgres, EmbeddedRedis, EmbeddedS3 {
    /** As people call it. */
    String name();

    int port();

    /** Completes with a sentence saying how, once the server is gone without having been closed. */
    CompletableFuture<String> died();

    /** Stops in order; after a few seconds by force. Idempotent; blocks until it is gone. */
    @Override
    void close();
}
