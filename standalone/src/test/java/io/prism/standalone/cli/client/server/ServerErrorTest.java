package io.prism.standalone.cli.client.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.prism.core.error.ErrorCode;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.fake.FakeErrors;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerErrorTest {
    @Test
    void aRetryDelayIsShown() {
        // Given
        com.google.rpc.Status proto =
                FakeErrors.proto(ErrorCode.OVERLOADED, "too much\nof it", Map.of("queue", "3"))
                        .toBuilder()
                        .addDetails(
                                Any.pack(
                                        RetryInfo.newBuilder()
                                                .setRetryDelay(
                                                        Duration.newBuilder().setNanos(500_000_000))
                                                .build()))
                        .build();

        // When
        ServerError error = ServerError.of(proto);

        // Then
        assertThat(ErrorText.text(error, "localhost:1"))
                .isEqualTo(
                        """
                        error: RESOURCE_EXHAUSTED OVERLOADED: too much
                          of it
                          queue: 3
                          wait: 0.50 s
                          try: send more slowly""");
        assertThat(Json.line(ErrorText.json(error))).contains("\"retry_after_ms\":500");
    }

    @Test
    void whatIsSaidOnceIsNotSaidAgain() {
        // When
        ServerError error =
                ServerError.of(
                        StatusProto.fromThrowable(
                                FakeErrors.ofField(
                                        ErrorCode.TOPIC_INVALID,
                                        "TOPIC_INVALID: too long",
                                        "topic",
                                        "too long")));

        // Then
        assertThat(ErrorText.text(error, ""))
                .isEqualTo(
                        """
                        error: INVALID_ARGUMENT TOPIC_INVALID: too long
                          field topic
                          field: topic""");
    }

    @Test
    void unavailableMeansUnreachableOnlyWhereNoPrismSpoke() {
        ServerError nobody =
                ServerError.of(Status.UNAVAILABLE.withDescription("io exception"), null);
        ServerError draining =
                ServerError.of(FakeErrors.proto(ErrorCode.DRAINING, "stopping", Map.of()));

        assertThat(nobody.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ErrorText.text(nobody, "h:1"))
                .startsWith("error: no Prism answers at h:1 (UNAVAILABLE: io exception)");
        assertThat(draining.exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void aReasonOfSomebodyElseIsNotPrisms() {
        // Given
        com.google.rpc.Status proto =
                com.google.rpc.Status.newBuilder()
                        .setCode(Status.Code.INTERNAL.value())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setDomain("example.com")
                                                .setReason("X")
                                                .build()))
                        .build();

        // Then
        assertThat(ServerError.of(proto).reason()).isEmpty();
    }

    @Test
    void whatTheServerSaysCannotActOnTheTerminal() {
        // When
        ServerError error =
                ServerError.of(
                        FakeErrors.proto(
                                ErrorCode.TOPIC_INVALID,
                                "topic \u001b[2J",
                                Map.of("topic", "\u001b[2J")));

        // Then
        assertThat(ErrorText.text(error, "")).doesNotContain("\u001b");
    }

    @Test
    void notFoundAndInvalidDocumentsAreANo() {
        assertThat(exitCode(ErrorCode.NAMESPACE_NOT_FOUND)).isEqualTo(ExitCode.NO);
        assertThat(exitCode(ErrorCode.NAMESPACE_INVALID)).isEqualTo(ExitCode.NO);
        assertThat(exitCode(ErrorCode.NAMESPACE_EXISTS)).isEqualTo(ExitCode.REFUSED);
    }

    private static ExitCode exitCode(ErrorCode code) {
        return ServerError.of(FakeErrors.proto(code, "", Map.of())).exitCode();
    }
}
