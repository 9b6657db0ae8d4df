package io.prism.standalone.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Traces;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TracingTest {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String NOBODY = "http://127.0.0.1:9";

    @Test
    void without_an_endpoint_there_is_nothing() {
        try (Tracing none = Tracing.of(Map.of("OTEL_SERVICE_NAME", "x"), "prism")) {
            assertThat(none.traces()).isSameAs(Traces.OFF);
        }
    }

    @ParameterizedTest
    @CsvSource({"OTEL_SDK_DISABLED,true", "OTEL_TRACES_EXPORTER,none"})
    void it_can_be_switched_off_beside_an_endpoint(String name, String value) {
        try (Tracing none = Tracing.of(Map.of(ENDPOINT, NOBODY, name, value), "prism")) {
            assertThat(none.traces()).isSameAs(Traces.OFF);
        }
    }

    @Test
    void an_endpoint_switches_it_on_and_the_sampler_decides() {
        try (Tracing all = Tracing.of(Map.of(ENDPOINT, NOBODY), "prism");
                Tracing none =
                        Tracing.of(
                                Map.of(ENDPOINT, NOBODY, "OTEL_TRACES_SAMPLER", "always_off"),
                                "prism")) {
            assertThat(all.traces().call("a call", null).recording()).isTrue();
            assertThat(none.traces().on()).isTrue();
            assertThat(none.traces().call("a call", null).recording()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_PROTOCOL,grpc",
        "OTEL_EXPORTER_OTLP_ENDPOINT,not a url",
        "OTEL_TRACES_SAMPLER,sometimes"
    })
    void what_cannot_be_used_is_said_at_the_start(String name, String value) {
        Map<String, String> environment =
                name.equals(ENDPOINT)
                        ? Map.of(ENDPOINT, value)
                        : Map.of(ENDPOINT, NOBODY, name, value);

        assertThatThrownBy(() -> Tracing.of(environment, "prism"))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
                .hasMessageContaining("OTEL_*");
    }
}
