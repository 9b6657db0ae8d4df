package io.prism.gateway.ingress;

import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.MetadataUtils;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.ClientApi;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Carries the call's namespace from its metadata to the handlers, and lets them send headers before
 * any message.
 */
final class CallContext implements ServerInterceptor {
    static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER);

    /** Set on calls that another gateway forwarded: they are not forwarded again. */
    static final Metadata.Key<String> FORWARDED =
            Metadata.Key.of("x-prism-forwarded-by", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Boolean> IS_FORWARDED = Context.key("prism-forwarded");
    private static final Context.Key<String> CURRENT = Context.key("prism-namespace");
    private static final Context.Key<EarlyHeaders<?, ?>> CALL = Context.key("prism-call");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        EarlyHeaders<Q, A> early = new EarlyHeaders<>(call);
        Context context =
                Context.current()
                        .withValue(CALL, early)
                        .withValue(IS_FORWARDED, headers.get(FORWARDED) != null)
                        .withValue(CURRENT, Objects.requireNonNullElse(headers.get(NAMESPACE), ""));
        return Contexts.interceptCall(context, early, headers, next);
    }

    /** What sends the response headers of the call that runs on this thread. */
    static Runnable headersOfCall() {
        EarlyHeaders<?, ?> call = Objects.requireNonNull(CALL.get());
        return () -> call.sendHeaders(new Metadata());
    }

    /** Sends the headers once, whoever comes first: the handler, or its first message. */
    private static final class EarlyHeaders<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean sent = new AtomicBoolean();

        EarlyHeaders(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (sent.compareAndSet(false, true)) {
                super.sendHeaders(headers);
            }
        }
    }

    /** Until the deadline of the call that runs on this thread. */
    static Optional<Duration> timeLeft() {
        return Optional.ofNullable(Context.current().getDeadline())
                .map((Deadline deadline) -> deadline.timeRemaining(TimeUnit.NANOSECONDS))
                .map(Duration::ofNanos);
    }

    /** The namespace of the call that runs on this thread. */
    static ServedNamespace namespace(NamespaceRegistry registry) {
        String name = CURRENT.get();
        if (name == null || name.isBlank()) {
            throw new PrismException(
                    ErrorCode.NAMESPACE_MISSING,
                    "the call names no namespace: set the metadata x-prism-namespace to its name");
        }
        return registry.get(name);
    }

    /** The same; refused if the namespace speaks another API. */
    static ServedNamespace namespace(NamespaceRegistry registry, ClientApi api) {
        ServedNamespace namespace = namespace(registry);
        ClientApi spoken = namespace.plan().spec().api();
        if (spoken != api) {
            throw new PrismException(
                            ErrorCode.API_MISMATCH,
                            "namespace "
                                    + namespace.name()
                                    + " has client_api "
                                    + spoken.label()
                                    + ", and this call is of "
                                    + api.label()
                                    + ": call the other service, or another namespace")
                    .with("client_api", spoken.label());
        }
        return namespace;
    }

    /**
     * Puts on a client's calls what makes them another gateway's.
     *
     * @param gateway the one that forwards
     */
    static ClientInterceptor forwarding(String namespace, String gateway) {
        Metadata headers = new Metadata();
        headers.put(NAMESPACE, namespace);
        headers.put(FORWARDED, gateway);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** Whether the call that runs on this thread comes from another gateway. */
    static boolean isForwarded() {
        return Boolean.TRUE.equals(IS_FORWARDED.get());
    }
}
