package io.prism.standalone.cli.client.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.prism.core.error.ErrorCode;
import io.prism.standalone.cli.client.console.ExitCode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered in place of a result.
 *
 * @param status the gRPC status, such as {@code NOT_FOUND}
 * @param reason Prism's stable code; empty when no Prism spoke
 * @param message without the reason that a server may put before it
 * @param details the error's facts, by name
 * @param retryAfter how long to wait before the same call may succeed
 */
public record ServerError(
        Status.Code status,
        String reason,
        String message,
        Map<String, String> details,
        List<FieldViolation> fields,
        Optional<Duration> retryAfter) {
    private static final String DOMAIN = "prism";

    /**
     * @param field the request's field at fault
     * @param reason a stable code, or empty
     */
    public record FieldViolation(String field, String description, String reason) {}

    /** From a call that failed. */
    public static ServerError of(Status status, @Nullable Metadata trailers) {
        com.google.rpc.Status proto = StatusProto.fromStatusAndTrailers(status, trailers);
        return of(proto);
    }

    /** From an error that travels inside a response or an event. */
    public static ServerError of(com.google.rpc.Status proto) {
        Status status = Status.fromCodeValue(proto.getCode());
        ErrorInfo info = detail(proto, ErrorInfo.class, ErrorInfo.getDefaultInstance());
        BadRequest fields = detail(proto, BadRequest.class, BadRequest.getDefaultInstance());
        RetryInfo retry = detail(proto, RetryInfo.class, RetryInfo.getDefaultInstance());
        String reason = info.getDomain().equals(DOMAIN) ? info.getReason() : "";
        return new ServerError(
                status.getCode(),
                reason,
                withoutReason(proto.getMessage(), reason),
                new TreeMap<>(info.getMetadataMap()),
                fields.getFieldViolationsList().stream()
                        .map(
                                field ->
                                        new FieldViolation(
                                                field.getField(),
                                                field.getDescription(),
                                                field.getReason()))
                        .toList(),
                retry.hasRetryDelay()
                        ? Optional.of(
                                Duration.ofSeconds(
                                        retry.getRetryDelay().getSeconds(),
                                        retry.getRetryDelay().getNanos()))
                        : Optional.empty());
    }

    /**
     * From an error that travels as its stable code.
     *
     * @param code as {@link ErrorCode} has it; one this client does not know has the status UNKNOWN
     */
    public static ServerError of(String code, String message) {
        Status.Code status =
                Arrays.stream(ErrorCode.values())
                        .filter(known -> known.name().equals(code))
                        .findFirst()
                        .map(ErrorCode::status)
                        .orElse(Status.Code.UNKNOWN);
        return new ServerError(
                status, code, withoutReason(message, code), Map.of(), List.of(), Optional.empty());
    }

    /** Whether no Prism answered at all. */
    public boolean unreachable() {
        return reason.isEmpty()
                && (status == Status.Code.UNAVAILABLE || status == Status.Code.DEADLINE_EXCEEDED);
    }

    /** What a command ends with when this is its answer. */
    public ExitCode exitCode() {
        if (unreachable()) {
            return ExitCode.UNREACHABLE;
        }
        boolean no = status == Status.Code.NOT_FOUND || reason.equals("NAMESPACE_INVALID");
        return no ? ExitCode.NO : ExitCode.REFUSED;
    }

    private static String withoutReason(String message, String reason) {
        String prefix = reason + ": ";
        return !reason.isEmpty() && message.startsWith(prefix)
                ? message.substring(prefix.length())
                : message;
    }

    private static <M extends Message> M detail(
            com.google.rpc.Status proto, Class<M> type, M fallback) {
        for (Any any : proto.getDetailsList()) {
            if (any.is(type)) {
                try {
                    return any.unpack(type);
                } catch (InvalidProtocolBufferException e) {
                    // A detail that cannot be read adds nothing; status and message stand alone.
                    return fallback;
                }
            }
        }
        return fallback;
    }
}
