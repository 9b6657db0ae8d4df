package io.prism.standalone.cli.client.publish;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;

/** The three ways to publish, which topics and queues have alike. Thread-safe. */
public sealed interface PublishCalls {
    /** Blocks until the message is durable. */
    PublishResponse publish(PublishRequest request) throws StatusException;

    BlockingClientCall<PublishRequest, PublishResponse> publishStream();

    BlockingClientCall<PublishChunk, PublishResponse> publishChunked();

    static PublishCalls of(PubSubServiceBlockingV2Stub stub) {
        return new ToTopic(stub);
    }

    static PublishCalls of(QueueServiceBlockingV2Stub stub) {
        return new ToQueue(stub);
    }

    /** For subscribers. */
    record ToTopic(PubSubServiceBlockingV2Stub stub) implements PublishCalls {
        @Override
        public PublishResponse publish(PublishRequest request) throws StatusException {
            return stub.withDeadlineAfter(ServerOptions.callTimeout()).publish(request);
        }

        @Override
        public BlockingClientCall<PublishRequest, PublishResponse> publishStream() {
            return stub.publishStream();
        }

        @Override
        public BlockingClientCall<PublishChunk, PublishResponse> publishChunked() {
            return stub.publishChunked();
        }
    }

    /** For a queue's consumers. */
    record ToQueue(QueueServiceBlockingV2Stub stub) implements PublishCalls {
        @Override
        public PublishResponse publish(PublishRequest request) throws StatusException {
            return stub.withDeadlineAfter(ServerOptions.callTimeout()).publish(request);
        }

        @Override
        public BlockingClientCall<PublishRequest, PublishResponse> publishStream() {
            return stub.publishStream();
        }

        @Override
        public BlockingClientCall<PublishChunk, PublishResponse> publishChunked() {
            return stub.publishChunked();
        }
    }
}
