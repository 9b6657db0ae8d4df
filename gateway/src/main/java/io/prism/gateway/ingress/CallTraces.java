package io.prism.gateway.ingress;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prism.core.record.RecordFormat;
import io.prism.core.trace.Trace;
import io.prism.core.trace.Traces;
import io.prism.v1.PublishRequest;
import io.prism.v1.WriteRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A span for each call, below the caller's: the {@code traceparent} of the call's metadata, or, of
 * a call with one message that gives none, the one in the message's own metadata.
 */
final class CallTraces implements ServerInterceptor {
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of(RecordFormat.TRACEPARENT, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Holder> CURRENT = Context.key("prism-trace");
    private static final int LONGEST_NAMESPACE = 63;

    private final Traces traces;

    CallTraces(Traces traces) {
        this.traces = traces;
    }

    /** Of the call that runs on this thread. */
    static Trace current() {
        Holder holder = CURRENT.get();
        return holder == null ? Trace.NONE : holder.trace;
    }

    /** Filled before any of the call's messages is handled. */
    private static final class Holder {
        private volatile Trace trace = Trace.NONE;
        private volatile boolean begun;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String given = headers.get(TRACEPARENT);
        if (!traces.on()) {
            return given == null
                    ? next.startCall(call, headers)
                    : Contexts.interceptCall(holding(passedOn(given)), call, headers, next);
        }
        return new Spans<>(call, headers, given).start(next);
    }

    private Holder passedOn(String traceparent) {
        Holder holder = new Holder();
        holder.trace = traces.call("", traceparent);
        return holder;
    }

    private static Context holding(Holder holder) {
        return Context.current().withValue(CURRENT, holder);
    }

    /** What a message says of its trace by itself. */
    private static @Nullable String own(Object message) {
        return switch (message) {
            case PublishRequest request -> request.getMetadataMap().get(RecordFormat.TRACEPARENT);
            case WriteRequest request ->
                    request.getMessage().getMetadataMap().get(RecordFormat.TRACEPARENT);
            default -> null;
        };
    }

    /** One call. */
    private final class Spans<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Holder holder = new Holder();
        private final Metadata headers;
        private final @Nullable String given;

        Spans(ServerCall<Q, A> call, Metadata headers, @Nullable String given) {
            super(call);
            this.headers = headers;
            this.given = given;
        }

        ServerCall.Listener<Q> start(ServerCallHandler<Q, A> next) {
            if (given != null || !getMethodDescriptor().getType().clientSendsOneMessage()) {
                begin(given);
            }
            return new SimpleForwardingServerCallListener<>(
                    Contexts.interceptCall(holding(holder), this, headers, next)) {
                @Override
                public void onMessage(Q message) {
                    if (!holder.begun) {
                        begin(own(message));
                    }
                    super.onMessage(message);
                }

                @Override
                public void onCancel() {
                    try {
                        super.onCancel();
                    } finally {
                        end(Status.CANCELLED);
                    }
                }
            };
        }

        private void begin(@Nullable String traceparent) {
            MethodDescriptor<Q, A> method = getMethodDescriptor();
            String full = Objects.requireNonNullElse(method.getServiceName(), "");
            String service = full.substring(full.lastIndexOf('.') + 1);
            Trace trace = traces.call(service + "." + method.getBareMethodName(), traceparent);
            if (trace.recording()) {
                trace.set("rpc.system", "grpc")
                        .set("rpc.service", full)
                        .set("rpc.method", String.valueOf(method.getBareMethodName()));
                String namespace = headers.get(CallContext.NAMESPACE);
                if (namespace != null && namespace.length() <= LONGEST_NAMESPACE) {
                    trace.set("prism.namespace", namespace);
                }
            }
            holder.trace = trace;
            holder.begun = true;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            end(status);
            super.close(status, trailers);
        }

        private void end(Status status) {
            Trace trace = holder.trace;
            if (!trace.recording()) {
                return;
            }
            trace.set("rpc.grpc.status_code", status.getCode().value());
            if (faulty(status.getCode())) {
                trace.failed(
                        status.getCode().name(),
                        Objects.requireNonNullElse(status.getDescription(), ""));
            } else if (!status.isOk()) {
                trace.set("error.type", status.getCode().name());
            }
            trace.end();
        }

        /** Whether it is the server that failed, as OpenTelemetry's conventions see it. */
        private static boolean faulty(Status.Code code) {
            return switch (code) {
                case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS ->
                        true;
                default -> false;
            };
        }
    }
}
