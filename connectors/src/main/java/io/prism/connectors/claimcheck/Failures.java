package io.prism.connectors.claimcheck;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;

/** The one place where Prism's errors become Connect's. */
final class Failures {
    private Failures() {}

    /**
     * A {@link RetriableException} where Connect's own retries ({@code errors.retry.timeout}) may
     * help, a {@link DataException} where the record is at fault, and else a {@link
     * ConnectException}, which ends the task unless {@code errors.tolerance} says otherwise.
     */
    static ConnectException of(PrismException failure) {
        String message = failure.getMessage() + " (" + failure.code() + ")";
        if (failure.code().retryable()) {
            return new RetriableException(
                    message + "; errors.retry.timeout lets Connect try again", failure);
        }
        return failure.code() == ErrorCode.STORAGE_REFUSED
                        || failure.code() == ErrorCode.CANCELLED
                        || failure.code() == ErrorCode.INTERNAL
                ? new ConnectException(message, failure)
                : new DataException(message, failure);
    }
}
