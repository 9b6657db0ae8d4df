package io.prism.gateway.error;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps exceptions to {@code google.rpc.Status} with {@code ErrorInfo} (reason = the code, domain
 * {@code prism}), {@code BadRequest} where a field is at fault, and {@code RetryInfo} where waiting
 * helps.
 */
public final class Errors {
    private static final Logger log = LoggerFactory.getLogger(Errors.class);
    private static final String DOMAIN = "prism";

    private Errors() {}

    /** What a call is closed with. */
    public static StatusRuntimeException toGrpc(Throwable failure) {
        return failure instanceof StatusRuntimeException already
                ? already
                : StatusProto.toStatusRuntimeException(status(failure));
    }

    public static Status status(Throwable failure) {
        Throwable cause = unwrap(failure);
        PrismException error =
                cause instanceof PrismException known
                        ? known
                        : new PrismException(
                                ErrorCode.INTERNAL,
                                "an unexpected error; the gateway's log has the details",
                                cause);
        if (error.code() == ErrorCode.INTERNAL) {
            log.atError().setMessage("unexpected error").setCause(cause).log();
        }
        Status.Builder status =
                Status.newBuilder()
                        .setCode(error.code().status().value())
                        .setMessage(error.code() + ": " + error.getMessage())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(error.code().name())
                                                .setDomain(DOMAIN)
                                                .putAllMetadata(error.details())
                                                .build()));
        BadRequest fields = fields(error);
        if (fields.getFieldViolationsCount() > 0) {
            status.addDetails(Any.pack(fields));
        }
        if (error.code().retryable()) {
            status.addDetails(
                    Any.pack(
                            RetryInfo.newBuilder()
                                    .setRetryDelay(Duration.newBuilder().setSeconds(1))
                                    .build()));
        }
        return status.build();
    }

    private static BadRequest fields(PrismException error) {
        BadRequest.Builder fields = BadRequest.newBuilder();
        String field = error.field();
        if (field != null) {
            fields.addFieldViolationsBuilder()
                    .setField(field)
                    .setReason(error.code().name())
                    .setDescription(String.valueOf(error.getMessage()));
        }
        error.violations()
                .forEach(
                        violation ->
                                fields.addFieldViolationsBuilder()
                                        .setField(violation.field())
                                        .setReason(violation.code())
                                        .setDescription(violation.description()));
        return fields.build();
    }

    /** Without the wrappers that futures put around a failure. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
