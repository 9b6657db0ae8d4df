package io.prism.standalone.tracing;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Traces;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** OpenTelemetry's SDK; loaded only where spans are wanted. */
final class Otlp {
    private static final long LAST_SPANS_MILLIS = 1_000;

    /** Prism's metrics are Prometheus's, and its logs are its own. */
    private static final Map<String, String> FIXED =
            Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none");

    private final OpenTelemetrySdk sdk;

    private Otlp(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
    }

    static Otlp start(Map<String, String> environment, String service) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", service);
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        environment.forEach(
                (name, value) -> {
                    if (name.startsWith("OTEL_")) {
                        properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
                    }
                });
        try {
            return new Otlp(
                    AutoConfiguredOpenTelemetrySdk.builder()
                            .disableShutdownHook()
                            .addPropertiesSupplier(() -> properties)
                            .addPropertiesCustomizer(config -> FIXED)
                            .build()
                            .getOpenTelemetrySdk());
        } catch (RuntimeException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the OTEL_* variables cannot be used ("
                            + e.getMessage()
                            + "): correct them, or leave OTEL_EXPORTER_OTLP_ENDPOINT out to run"
                            + " without traces; the only OTEL_EXPORTER_OTLP_PROTOCOL there is here"
                            + " is http/protobuf",
                    e);
        }
    }

    Traces traces() {
        return Traces.to(sdk);
    }

    void close() {
        var unused =
                sdk.getSdkTracerProvider()
                        .shutdown()
                        .join(LAST_SPANS_MILLIS, TimeUnit.MILLISECONDS);
    }
}
