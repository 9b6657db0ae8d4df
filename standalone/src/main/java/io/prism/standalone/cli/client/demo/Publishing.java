package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.publish.ChunkedPublisher;
import io.prism.standalone.cli.client.publish.PublishCalls;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;

/** Publishes large payloads as an application that streams them would. */
final class Publishing {
    private static final int CHUNK = 512 << 10;

    private Publishing() {}

    /** Blocks until the message is durable; the payload has been read to its end then. */
    static PublishResponse chunked(
            Stage stage, String namespace, PublishRequest header, Digesting payload)
            throws StatusException, IOException, InterruptedException {
        return new ChunkedPublisher(PublishCalls.of(stage.pubSub(namespace)), CHUNK)
                .publish(header, payload, bytes -> {});
    }
}
