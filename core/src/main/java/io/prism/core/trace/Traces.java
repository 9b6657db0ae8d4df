package io.prism.core.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.prism.core.record.RecordFormat;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins traces, and continues those of others. Thread-safe. */
public final class Traces {
    /** Records nothing; a caller's traceparent is passed on all the same. */
    public static final Traces OFF = new Traces(null);

    private static final String SCOPE = "io.prism";

    private final @Nullable Tracer tracer;

    private Traces(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    public static Traces to(OpenTelemetry telemetry) {
        return new Traces(telemetry.getTracer(SCOPE));
    }

    /** Whether anything can be recorded. */
    public boolean on() {
        return tracer != null;
    }

    /**
     * The span of a call that is served.
     *
     * @param traceparent the caller's; ignored if it is malformed
     */
    public Trace call(String name, @Nullable String traceparent) {
        SpanContext parent = parse(traceparent);
        Tracer to = tracer;
        if (to != null) {
            Span span = builder(to, name, SpanKind.SERVER, parent).startSpan();
            if (span.isRecording()) {
                return new Trace(to, span, null);
            }
        }
        return parent.isValid() ? new Trace(null, Span.getInvalid(), traceparent) : Trace.NONE;
    }

    /**
     * The span of one of many messages in a call: below the message's own trace if it has one,
     * which then also decides whether there is a span; else below the call.
     *
     * @param own the message's traceparent
     */
    public Trace message(Trace call, String name, @Nullable String own) {
        if (own == null) {
            return call.child(name);
        }
        Tracer to = tracer;
        if (to == null) {
            return Trace.NONE;
        }
        SpanContext parent = parse(own);
        if (!parent.isValid()) {
            return call.child(name);
        }
        if (!parent.isSampled()) {
            return Trace.NONE;
        }
        SpanBuilder builder = builder(to, name, SpanKind.SERVER, parent);
        call.link(builder);
        Span span = builder.startSpan();
        return span.isRecording() ? new Trace(to, span, null) : Trace.NONE;
    }

    /** Where others left off: what is made below it is part of their trace, if that is sampled. */
    public Trace after(@Nullable String traceparent) {
        Tracer to = tracer;
        if (to == null || traceparent == null) {
            return Trace.NONE;
        }
        SpanContext parent = parse(traceparent);
        return parent.isSampled() ? new Trace(to, Span.wrap(parent), null) : Trace.NONE;
    }

    /**
     * Something that has just ended, in others' trace.
     *
     * @param begun when it began
     */
    public Trace past(String name, @Nullable String traceparent, Instant begun) {
        Tracer to = tracer;
        if (to == null || traceparent == null) {
            return Trace.NONE;
        }
        SpanContext parent = parse(traceparent);
        if (!parent.isSampled()) {
            return Trace.NONE;
        }
        Span span =
                builder(to, name, SpanKind.PRODUCER, parent).setStartTimestamp(begun).startSpan();
        return span.isRecording() ? new Trace(to, span, null) : Trace.NONE;
    }

    private static SpanBuilder builder(
            Tracer tracer, String name, SpanKind kind, SpanContext parent) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind);
        return parent.isValid()
                ? builder.setParent(Context.root().with(Span.wrap(parent)))
                : builder.setNoParent();
    }

    private static SpanContext parse(@Nullable String traceparent) {
        if (traceparent == null) {
            return SpanContext.getInvalid();
        }
        Context read =
                W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), traceparent, Header.ONLY);
        return Span.fromContext(read).getSpanContext();
    }

    /** A carrier that is the header's value. */
    private enum Header implements TextMapGetter<String> {
        ONLY;

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(RecordFormat.TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(RecordFormat.TRACEPARENT) ? carrier : null;
        }
    }
}
