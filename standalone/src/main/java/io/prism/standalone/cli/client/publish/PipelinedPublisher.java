package io.prism.standalone.cli.client.publish;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishes many messages over one stream without waiting for each: one thread sends as fast as the
 * stream takes them, the caller's thread receives the answers in the same order.
 */
public final class PipelinedPublisher {
    private final PublishCalls calls;
    private final AtomicReference<@Nullable BlockingClientCall<PublishRequest, PublishResponse>>
            current = new AtomicReference<>();

    public PipelinedPublisher(PublishCalls calls) {
        this.calls = calls;
    }

    /** The payloads to publish, in order; used by one thread, which is not the caller's. */
    public interface Payloads extends AutoCloseable {
        /** The next one; null at the end. */
        @Nullable ByteString next() throws IOException;

        /** Lets go of what the payloads are read from. */
        @Override
        default void close() throws IOException {}
    }

    /** Takes the answers, one a message, in order; called by the caller's thread. */
    public interface Answers {
        void next(PublishResponse response);
    }

    /**
     * Blocks until every message is answered. A message that was refused is an answer with an
     * error; the others go on. When the payloads cannot be read, the stream is cancelled and what
     * was answered stays published.
     *
     * @param header what all requests share
     */
    public void publish(PublishRequest header, Payloads payloads, Answers answers)
            throws StatusException, IOException, InterruptedException {
        BlockingClientCall<PublishRequest, PublishResponse> call = calls.publishStream();
        current.set(call);
        AtomicReference<@Nullable IOException> unreadable = new AtomicReference<>();
        Thread sender =
                Thread.ofVirtual()
                        .name("prism-publish-sender")
                        .start(() -> send(call, header, payloads, unreadable));
        try {
            receive(call, answers);
        } catch (StatusException e) {
            IOException cause = unreadable.get();
            if (cause != null) {
                throw cause;
            }
            throw e;
        } finally {
            current.set(null);
            sender.interrupt();
        }
    }

    /** Ends a publish that is under way, from another thread; it fails with CANCELLED. */
    public void cancel() {
        BlockingClientCall<PublishRequest, PublishResponse> call = current.get();
        if (call != null) {
            call.cancel("stopped by the client", null);
        }
    }

    private static void receive(
            BlockingClientCall<PublishRequest, PublishResponse> call, Answers answers)
            throws StatusException, InterruptedException {
        PublishResponse response = call.read();
        while (response != null) {
            answers.next(response);
            response = call.read();
        }
    }

    private static void send(
            BlockingClientCall<PublishRequest, PublishResponse> call,
            PublishRequest header,
            Payloads payloads,
            AtomicReference<@Nullable IOException> unreadable) {
        try {
            ByteString payload = payloads.next();
            while (payload != null) {
                if (!call.write(header.toBuilder().setPayload(payload).build())) {
                    return;
                }
                payload = payloads.next();
            }
            call.halfClose();
        } catch (IOException e) {
            unreadable.set(e);
            call.cancel("the payloads cannot be read", e);
        } catch (StatusException | IllegalStateException e) {
            // The stream has ended; the receiving side knows how.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
