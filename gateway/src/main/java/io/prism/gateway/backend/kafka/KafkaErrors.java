package io.prism.gateway.backend.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;

/** Maps what Kafka's clients throw to Prism's errors, in one place. */
public final class KafkaErrors {
    private static final long ADMIN_TIMEOUT_SECONDS = 20;

    private KafkaErrors() {}

    /**
     * @param doing what was tried, such as {@code "appending to topic orders.created"}
     */
    public static PrismException map(String doing, Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return switch (cause) {
            case PrismException already -> already;
            case RecordTooLargeException e ->
                    new PrismException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            doing
                                    + " failed: the record is larger than the topic takes;"
                                    + " use a namespace with the claim-check pattern for payloads of this size",
                            e);
            case AuthenticationException e ->
                    new PrismException(
                            ErrorCode.BACKEND_REFUSED,
                            doing + " failed: Kafka refuses the gateway's credentials",
                            e);
            case AuthorizationException e ->
                    new PrismException(
                            ErrorCode.BACKEND_REFUSED,
                            doing
                                    + " failed: the gateway's Kafka user lacks a permission ("
                                    + e.getMessage()
                                    + ")",
                            e);
            case InvalidReplicationFactorException e -> refused(doing, e);
            case InvalidPartitionsException e -> refused(doing, e);
            case InvalidConfigurationException e -> refused(doing, e);
            case PolicyViolationException e -> refused(doing, e);
            case RetriableException e -> unavailable(doing, e);
            case TimeoutException e -> unavailable(doing, e);
            case KafkaException e -> unavailable(doing, e);
            default ->
                    new PrismException(
                            ErrorCode.INTERNAL, doing + " failed unexpectedly: " + cause, cause);
        };
    }

    private static PrismException refused(String doing, KafkaException e) {
        return new PrismException(
                ErrorCode.BACKEND_REFUSED, doing + " was refused by Kafka: " + e.getMessage(), e);
    }

    private static PrismException unavailable(String doing, Exception e) {
        return new PrismException(
                ErrorCode.BACKEND_UNAVAILABLE,
                doing
                        + " failed: Kafka did not answer in time or cannot do it now ("
                        + e.getMessage()
                        + "); try again",
                e);
    }

    /** Waits for an admin call. */
    static <T> T await(String doing, Future<T> future) {
        try {
            return future.get(ADMIN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw map(doing, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, doing + " was interrupted", e);
        }
    }

    static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }
}
