package io.prism.bench.load;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;

/** Turns errors into words that are the same for the same cause. */
public final class Refusals {
    private Refusals() {}

    /** {@code UNAVAILABLE BACKEND_UNAVAILABLE: what it says}. */
    public static String of(Throwable failure) {
        Status status = StatusProto.fromThrowable(failure);
        return status == null ? failure.toString() : of(status);
    }

    static String of(Status status) {
        String code = io.grpc.Status.fromCodeValue(status.getCode()).getCode().name();
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    code += " " + detail.unpack(ErrorInfo.class).getReason();
                } catch (InvalidProtocolBufferException e) {
                    code += " (unreadable ErrorInfo: " + e.getMessage() + ")";
                }
            }
        }
        return status.getMessage().isEmpty() ? code : code + ": " + status.getMessage();
    }
}
