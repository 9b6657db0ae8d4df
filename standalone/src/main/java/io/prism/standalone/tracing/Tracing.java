package io.prism.standalone.tracing;

import io.prism.core.trace.Traces;
import java.util.Map;

/** Where this process's spans go; nowhere, unless a variable names an endpoint. */
public final class Tracing implements AutoCloseable {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private final Traces traces;
    private final Runnable close;

    private Tracing(Traces traces, Runnable close) {
        this.traces = traces;
        this.close = close;
    }

    /**
     * As the variables say. A collector that cannot be reached is no error, now or later: its spans
     * are lost, and the log says so.
     *
     * @param service what this process is called where OTEL_SERVICE_NAME does not say
     * @throws io.prism.core.error.PrismException CONFIGURATION_INVALID, naming what is wrong
     */
    public static Tracing of(Map<String, String> environment, String service) {
        if (!wanted(environment)) {
            return new Tracing(Traces.OFF, () -> {});
        }
        Otlp otlp = Otlp.start(environment, service);
        return new Tracing(otlp.traces(), otlp::close);
    }

    private static boolean wanted(Map<String, String> environment) {
        boolean somewhere =
                !environment.getOrDefault(ENDPOINT, "").isBlank()
                        || !environment.getOrDefault(TRACES_ENDPOINT, "").isBlank();
        return somewhere
                && !environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")
                && !environment.getOrDefault("OTEL_TRACES_EXPORTER", "").equals("none");
    }

    public Traces traces() {
        return traces;
    }

    /** Sends what is left, if that goes quickly. */
    @Override
    public void close() {
        close.run();
    }
}
