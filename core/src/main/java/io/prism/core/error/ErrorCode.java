package io.prism.core.error;

import io.grpc.Status;

/**
 * The stable reasons Prism gives for an error ({@code google.rpc.ErrorInfo.reason}), each with the
 * gRPC status it travels under. Names are part of the contract: they are never renamed, and never
 * used for something else.
 */
public enum ErrorCode {
    NAMESPACE_MISSING(Status.Code.INVALID_ARGUMENT),
    NAMESPACE_NOT_FOUND(Status.Code.NOT_FOUND),
    NAMESPACE_EXISTS(Status.Code.ALREADY_EXISTS),
    NAMESPACE_INVALID(Status.Code.INVALID_ARGUMENT),
    NAMESPACE_AMBIGUOUS(Status.Code.INVALID_ARGUMENT),
    NAMESPACE_CONFLICT(Status.Code.FAILED_PRECONDITION),
    PATTERN_NOT_AVAILABLE(Status.Code.FAILED_PRECONDITION),
    API_NOT_SERVED(Status.Code.FAILED_PRECONDITION),
    API_MISMATCH(Status.Code.FAILED_PRECONDITION),
    TOPIC_NOT_IN_NAMESPACE(Status.Code.INVALID_ARGUMENT),
    TOPIC_INVALID(Status.Code.INVALID_ARGUMENT),
    TOPIC_LIMIT_REACHED(Status.Code.RESOURCE_EXHAUSTED),
    MESSAGE_MALFORMED(Status.Code.INVALID_ARGUMENT),
    MESSAGE_TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED),
    PAYLOAD_TOO_LARGE(Status.Code.INVALID_ARGUMENT),
    METADATA_RESERVED(Status.Code.INVALID_ARGUMENT),
    METADATA_TOO_LARGE(Status.Code.INVALID_ARGUMENT),
    FIELD_INVALID(Status.Code.INVALID_ARGUMENT),
    CHUNK_OUT_OF_ORDER(Status.Code.INVALID_ARGUMENT),
    SUBSCRIPTION_NOT_FOUND(Status.Code.NOT_FOUND),
    SUBSCRIPTION_MISMATCH(Status.Code.FAILED_PRECONDITION),
    SUBSCRIPTION_ENDED(Status.Code.ABORTED),
    UNKNOWN_MESSAGE_ID(Status.Code.NOT_FOUND),
    MESSAGE_ID_INVALID(Status.Code.INVALID_ARGUMENT),
    LEASE_LOST(Status.Code.NOT_FOUND),
    PAYLOAD_REF_INVALID(Status.Code.INVALID_ARGUMENT),
    RANGE_INVALID(Status.Code.OUT_OF_RANGE),
    CLAIM_MISSING(Status.Code.DATA_LOSS),
    CLAIM_EXPIRED(Status.Code.NOT_FOUND),
    CLAIM_CORRUPT(Status.Code.DATA_LOSS),
    RECORD_UNREADABLE(Status.Code.DATA_LOSS),
    BACKEND_UNAVAILABLE(Status.Code.UNAVAILABLE),
    BACKEND_REFUSED(Status.Code.FAILED_PRECONDITION),
    STORAGE_UNAVAILABLE(Status.Code.UNAVAILABLE),
    STORAGE_REFUSED(Status.Code.FAILED_PRECONDITION),
    DATABASE_UNKNOWN(Status.Code.FAILED_PRECONDITION),
    DATABASE_UNAVAILABLE(Status.Code.UNAVAILABLE),
    DATABASE_REFUSED(Status.Code.FAILED_PRECONDITION),
    TABLE_UNKNOWN(Status.Code.INVALID_ARGUMENT),
    COLUMN_UNKNOWN(Status.Code.INVALID_ARGUMENT),
    VALUE_INVALID(Status.Code.INVALID_ARGUMENT),
    CONSTRAINT_VIOLATED(Status.Code.FAILED_PRECONDITION),
    COLLECTION_UNKNOWN(Status.Code.INVALID_ARGUMENT),
    FILTER_INVALID(Status.Code.INVALID_ARGUMENT),
    CURSOR_INVALID(Status.Code.INVALID_ARGUMENT),
    POSITION_INVALID(Status.Code.INVALID_ARGUMENT),
    READ_TIMEOUT(Status.Code.DEADLINE_EXCEEDED),
    ROW_TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED),
    TRANSACTION_CONFLICT(Status.Code.ABORTED),
    TRANSACTION_TIMEOUT(Status.Code.DEADLINE_EXCEEDED),
    TRANSACTION_OUT_OF_ORDER(Status.Code.INVALID_ARGUMENT),
    ROW_NOT_FOUND(Status.Code.NOT_FOUND),
    ROW_EXISTS(Status.Code.ALREADY_EXISTS),
    IDEMPOTENCY_KEY_REUSED(Status.Code.INVALID_ARGUMENT),
    MAILBOX_MOVED(Status.Code.ABORTED),
    CACHE_UNKNOWN(Status.Code.FAILED_PRECONDITION),
    CACHE_UNAVAILABLE(Status.Code.UNAVAILABLE),
    CACHE_REFUSED(Status.Code.FAILED_PRECONDITION),
    OVERLOADED(Status.Code.RESOURCE_EXHAUSTED),
    DRAINING(Status.Code.UNAVAILABLE),
    CONCURRENT_CHANGE(Status.Code.ABORTED),
    CONFIGURATION_INVALID(Status.Code.FAILED_PRECONDITION),
    CANCELLED(Status.Code.CANCELLED),
    INTERNAL(Status.Code.INTERNAL);

    private final Status.Code status;

    ErrorCode(Status.Code status) {
        this.status = status;
    }

    /** The gRPC status code this reason travels under. */
    public Status.Code status() {
        return status;
    }

    /** Whether the same call may succeed later without a change on the caller's side. */
    public boolean retryable() {
        return status == Status.Code.UNAVAILABLE
                || status == Status.Code.ABORTED
                || this == OVERLOADED;
    }
}
