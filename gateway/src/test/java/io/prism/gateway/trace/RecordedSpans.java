package io.prism.gateway.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prism.core.trace.Traces;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Spans as they end, in memory. */
public final class RecordedSpans {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final Traces traces;

    public RecordedSpans() {
        this(Sampler.parentBased(Sampler.alwaysOn()));
    }

    public RecordedSpans(Sampler sampler) {
        this.traces =
                Traces.to(
                        OpenTelemetrySdk.builder()
                                .setTracerProvider(
                                        SdkTracerProvider.builder()
                                                .setSampler(sampler)
                                                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                                                .build())
                                .build());
    }

    public Traces traces() {
        return traces;
    }

    public List<SpanData> all() {
        return spans.getFinishedSpanItems();
    }

    public SpanData named(String name) {
        List<SpanData> found = all().stream().filter(span -> span.getName().equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError(name + " is there " + found.size() + " times in " + all());
        }
        return found.getFirst();
    }

    /** Of the one span of this name; empty if it has none. */
    public String attribute(String span, String name) {
        String value = named(span).getAttributes().get(AttributeKey.stringKey(name));
        return value == null ? "" : value;
    }

    /** One line a span, indented below its parent, in the order in which they began. */
    public String tree() {
        return all().stream()
                .filter(span -> all().stream().noneMatch(other -> isParent(other, span)))
                .sorted(Comparator.comparing(SpanData::getStartEpochNanos))
                .map(span -> tree(span, ""))
                .collect(Collectors.joining());
    }

    private String tree(SpanData span, String indent) {
        return indent
                + span.getName()
                + "\n"
                + all().stream()
                        .filter(other -> isParent(span, other))
                        .sorted(Comparator.comparing(SpanData::getStartEpochNanos))
                        .map(child -> tree(child, indent + "  "))
                        .collect(Collectors.joining());
    }

    private static boolean isParent(SpanData parent, SpanData child) {
        return child.getParentSpanId().equals(parent.getSpanId());
    }
}
