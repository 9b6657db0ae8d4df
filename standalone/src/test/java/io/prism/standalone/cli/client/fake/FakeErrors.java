package io.prism.standalone.cli.client.fake;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.prism.core.error.ErrorCode;
import java.util.Map;

/** Errors as a Prism makes them. */
public final class FakeErrors {
    private FakeErrors() {}

    public static Status proto(ErrorCode code, String message, Map<String, String> details) {
        return Status.newBuilder()
                .setCode(code.status().value())
                .setMessage(message)
                .addDetails(
                        Any.pack(
                                ErrorInfo.newBuilder()
                                        .setDomain("prism")
                                        .setReason(code.name())
                                        .putAllMetadata(details)
                                        .build()))
                .build();
    }

    public static StatusRuntimeException of(ErrorCode code, String message) {
        return StatusProto.toStatusRuntimeException(proto(code, message, Map.of()));
    }

    public static StatusRuntimeException ofField(
            ErrorCode code, String message, String field, String description) {
        Status status =
                proto(code, message, Map.of("field", field)).toBuilder()
                        .addDetails(
                                Any.pack(
                                        BadRequest.newBuilder()
                                                .addFieldViolations(
                                                        BadRequest.FieldViolation.newBuilder()
                                                                .setField(field)
                                                                .setDescription(description)
                                                                .setReason(code.name()))
                                                .build()))
                        .build();
        return StatusProto.toStatusRuntimeException(status);
    }
}
