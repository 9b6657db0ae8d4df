package io.prism.core.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.prism.core.error.PrismException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A span under way; or none, where nothing is recorded: then every method returns at once, and what
 * is made below it is none either. Thread-safe.
 */
public final class Trace {
    /** No span. */
    public static final Trace NONE = new Trace(null, Span.getInvalid(), null);

    private final @Nullable Tracer tracer;
    private final Span span;
    private final @Nullable String passedOn;

    /**
     * @param tracer null if nothing is recorded
     * @param passedOn of a caller whose trace is not recorded here
     */
    Trace(@Nullable Tracer tracer, Span span, @Nullable String passedOn) {
        this.tracer = tracer;
        this.span = span;
        this.passedOn = passedOn;
    }

    public boolean recording() {
        return tracer != null;
    }

    /** A span below this one. Whoever asks for it ends it. */
    public Trace child(String name) {
        return child(name, SpanKind.INTERNAL);
    }

    /** A span below this one, of a call to another process. */
    public Trace callOut(String name) {
        return child(name, SpanKind.CLIENT);
    }

    /** A span below this one, of a message that is handed to another process. */
    public Trace handOver(String name) {
        return child(name, SpanKind.PRODUCER);
    }

    private Trace child(String name, SpanKind kind) {
        Tracer to = tracer;
        if (to == null) {
            return this;
        }
        return new Trace(
                to,
                to.spanBuilder(name)
                        .setSpanKind(kind)
                        .setParent(Context.root().with(span))
                        .startSpan(),
                null);
    }

    /** Lets another span refer to this one. */
    void link(SpanBuilder other) {
        if (tracer != null) {
            other.addLink(span.getSpanContext());
        }
    }

    public Trace set(String name, String value) {
        if (tracer != null) {
            span.setAttribute(name, value);
        }
        return this;
    }

    public Trace set(String name, long value) {
        if (tracer != null) {
            span.setAttribute(name, value);
        }
        return this;
    }

    /**
     * Says that it failed.
     *
     * @param type a code that can be counted
     * @param why nothing secret
     */
    public void failed(String type, String why) {
        if (tracer != null) {
            span.setAttribute("error.type", type);
            span.setStatus(StatusCode.ERROR, why);
        }
    }

    private void failed(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof PrismException known) {
            failed(known.code().name(), String.valueOf(known.getMessage()));
        } else {
            // Another library's words may hold anything.
            failed(cause.getClass().getName(), "");
        }
    }

    /** Ends it; ending it again changes nothing. */
    public void end() {
        span.end();
    }

    /**
     * @param failure null if it succeeded
     */
    public void end(@Nullable Throwable failure) {
        if (tracer != null && failure != null) {
            failed(failure);
        }
        span.end();
    }

    /** Does something and ends when that has ended, however that is. */
    public <T> CompletableFuture<T> during(Supplier<CompletableFuture<T>> work) {
        if (tracer == null) {
            return work.get();
        }
        CompletableFuture<T> result;
        try {
            result = work.get();
        } catch (RuntimeException e) {
            end(e);
            throw e;
        }
        return result.whenComplete((done, failure) -> end(failure));
    }

    /** The same on this thread. */
    public <T, E extends Exception> T doing(Work<T, E> work) throws E {
        if (tracer == null) {
            return work.run();
        }
        Throwable failure = null;
        try {
            return work.run();
        } catch (Exception e) {
            failure = e;
            throw e;
        } finally {
            end(failure);
        }
    }

    /** Something to do on the calling thread. */
    public interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /** What others continue with; null if there is nothing to continue. */
    public @Nullable String traceparent() {
        if (tracer == null) {
            return passedOn;
        }
        SpanContext context = span.getSpanContext();
        return "00-"
                + context.getTraceId()
                + "-"
                + context.getSpanId()
                + "-"
                + context.getTraceFlags().asHex();
    }
}
