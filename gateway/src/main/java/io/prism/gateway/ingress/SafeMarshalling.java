package io.prism.gateway.ingress;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Attributes;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Parses requests so that one that is malformed (not UTF-8, not protobuf) or too large is answered
 * with a typed status, where gRPC by itself would close the call with UNKNOWN; and so that a
 * payload is not copied out of the message it arrived in.
 */
final class SafeMarshalling {
    private SafeMarshalling() {}

    /** A request, or why there is none. */
    private record Parsed<Q>(@Nullable Q message, @Nullable PrismException failure) {}

    /**
     * @param maxBytes the largest request; the transport's own limit must be higher
     */
    static ServerServiceDefinition wrap(ServerServiceDefinition service, int maxBytes) {
        ServerServiceDefinition.Builder wrapped =
                ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
        service.getMethods().forEach(method -> add(wrapped, method, maxBytes));
        return wrapped.build();
    }

    private static <Q, A> void add(
            ServerServiceDefinition.Builder service,
            ServerMethodDefinition<Q, A> method,
            int maxBytes) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        MethodDescriptor<Parsed<Q>, A> safe =
                descriptor.toBuilder(
                                new ParsingMarshaller<>(
                                        descriptor.getRequestMarshaller(), maxBytes),
                                descriptor.getResponseMarshaller())
                        .build();
        service.addMethod(safe, new Handler<>(descriptor, method.getServerCallHandler()));
    }

    private record ParsingMarshaller<Q>(MethodDescriptor.Marshaller<Q> plain, int maxBytes)
            implements MethodDescriptor.Marshaller<Parsed<Q>> {
        @Override
        public InputStream stream(Parsed<Q> value) {
            throw new IllegalStateException("a server does not send requests");
        }

        @Override
        public Parsed<Q> parse(InputStream stream) {
            try {
                if (stream instanceof KnownLength && stream.available() > maxBytes) {
                    return new Parsed<>(null, tooLarge(stream.available()));
                }
                return new Parsed<>(read(stream), null);
            } catch (IOException | StatusRuntimeException e) {
                return new Parsed<>(null, malformed(e));
            }
        }

        @SuppressWarnings("unchecked")
        private Q read(InputStream stream) throws IOException {
            if (plain instanceof PrototypeMarshaller<Q> typed
                    && typed.getMessagePrototype() instanceof Message prototype
                    && stream instanceof KnownLength) {
                // One array for the whole message; the payload stays a slice of it.
                byte[] bytes = stream.readNBytes(stream.available());
                CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
                input.enableAliasing(true);
                Parser<? extends MessageLite> parser = prototype.getParserForType();
                Q message = (Q) parser.parseFrom(input);
                input.checkLastTagWas(0);
                return message;
            }
            return plain.parse(stream);
        }

        private PrismException tooLarge(int bytes) {
            return new PrismException(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "the request has "
                                    + bytes
                                    + " bytes, and at most "
                                    + maxBytes
                                    + " fit into one message: use PublishChunked for payloads of this size")
                    .with("limit", maxBytes);
        }

        private static PrismException malformed(Exception e) {
            String what =
                    e instanceof InvalidProtocolBufferException || e.getCause() == null
                            ? String.valueOf(e.getMessage())
                            : String.valueOf(e.getCause().getMessage());
            return new PrismException(
                    ErrorCode.MESSAGE_MALFORMED,
                    "the request cannot be read ("
                            + what
                            + "): text fields must be UTF-8, and the message of the method's type",
                    e);
        }
    }

    private record Handler<Q, A>(MethodDescriptor<Q, A> descriptor, ServerCallHandler<Q, A> plain)
            implements ServerCallHandler<Parsed<Q>, A> {
        @Override
        public ServerCall.Listener<Parsed<Q>> startCall(
                ServerCall<Parsed<Q>, A> call, Metadata headers) {
            PlainCall<Q, A> plainCall = new PlainCall<>(call, descriptor);
            ServerCall.Listener<Q> listener = plain.startCall(plainCall, headers);
            return new ServerCall.Listener<>() {
                private boolean refused;

                @Override
                public void onMessage(Parsed<Q> parsed) {
                    Q message = parsed.message();
                    if (refused) {
                        return;
                    }
                    if (message != null) {
                        listener.onMessage(message);
                        return;
                    }
                    refused = true;
                    PrismException failure = parsed.failure();
                    StatusRuntimeException error =
                            Errors.toGrpc(
                                    failure == null
                                            ? new PrismException(
                                                    ErrorCode.MESSAGE_MALFORMED, "no message")
                                            : failure);
                    Metadata trailers = error.getTrailers();
                    plainCall.close(
                            error.getStatus(), trailers == null ? new Metadata() : trailers);
                    listener.onCancel();
                }

                @Override
                public void onHalfClose() {
                    if (!refused) {
                        listener.onHalfClose();
                    }
                }

                @Override
                public void onCancel() {
                    if (!refused) {
                        listener.onCancel();
                    }
                }

                @Override
                public void onComplete() {
                    if (!refused) {
                        listener.onComplete();
                    }
                }

                @Override
                public void onReady() {
                    if (!refused) {
                        listener.onReady();
                    }
                }
            };
        }
    }

    /**
     * The call as the generated handlers know it. Once a request was refused, what they still do
     * has no effect.
     */
    private static final class PlainCall<Q, A> extends ServerCall<Q, A> {
        private final ServerCall<Parsed<Q>, A> call;
        private final MethodDescriptor<Q, A> descriptor;
        private boolean closed;

        PlainCall(ServerCall<Parsed<Q>, A> call, MethodDescriptor<Q, A> descriptor) {
            this.call = call;
            this.descriptor = descriptor;
        }

        @Override
        public void request(int messages) {
            call.request(messages);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            call.sendHeaders(headers);
        }

        @Override
        public void sendMessage(A message) {
            call.sendMessage(message);
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                call.close(status, trailers);
            }
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public boolean isCancelled() {
            return call.isCancelled();
        }

        @Override
        public void setMessageCompression(boolean enabled) {
            call.setMessageCompression(enabled);
        }

        @Override
        public void setCompression(String compressor) {
            call.setCompression(compressor);
        }

        @Override
        public void setOnReadyThreshold(int bytes) {
            call.setOnReadyThreshold(bytes);
        }

        @Override
        public Attributes getAttributes() {
            return call.getAttributes();
        }

        @Override
        public @Nullable String getAuthority() {
            return call.getAuthority();
        }

        @Override
        public SecurityLevel getSecurityLevel() {
            return call.getSecurityLevel();
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return descriptor;
        }
    }
}
