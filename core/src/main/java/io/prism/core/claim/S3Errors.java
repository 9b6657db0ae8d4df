package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The one place where object storage's failures become ours. Messages name the bucket, the endpoint
 * and a remedy; they never hold credentials.
 */
record S3Errors(String bucket, String endpoint) {
    private static final Set<String> TRY_AGAIN =
            Set.of(
                    "SlowDown",
                    "ServiceUnavailable",
                    "InternalError",
                    "RequestTimeout",
                    "OperationAborted",
                    "ThrottlingException",
                    "BadDigest",
                    "NoSuchUpload");

    /**
     * @param doing what was tried, such as "storing a payload"
     */
    PrismException map(String doing, Throwable failure) {
        Throwable cause = unwrap(failure);
        return switch (cause) {
            case PrismException ours -> ours;
            case AwsServiceException answer -> answered(doing, answer);
            case SdkClientException client when lacksCredentials(client) ->
                    refused(doing, "no credentials were found", cause)
                            .with("remedy", "configure an access key, or AWS's own chain");
            case ApiCallTimeoutException late -> late(doing, late);
            case ApiCallAttemptTimeoutException late -> late(doing, late);
            case SdkClientException client ->
                    unavailable(doing, "it cannot be reached (" + reason(client) + ")", client);
            case CancellationException cancelled ->
                    new PrismException(ErrorCode.CANCELLED, doing + " was cancelled", cancelled);
            case InterruptedException interrupted -> {
                Thread.currentThread().interrupt();
                yield new PrismException(
                        ErrorCode.CANCELLED, doing + " was cancelled", interrupted);
            }
            default -> new PrismException(ErrorCode.INTERNAL, doing + " failed: " + cause, cause);
        };
    }

    private PrismException answered(String doing, AwsServiceException answer) {
        int status = answer.statusCode();
        String code = codeOf(answer);
        String said = "it answered " + status + (code.isEmpty() ? "" : " " + code);
        if (status >= 500 || status == 429 || status == 408 || TRY_AGAIN.contains(code)) {
            return status == 501
                    ? refused(doing, said + "; use a storage that has this operation", answer)
                    : unavailable(doing, said, answer);
        }
        String remedy =
                switch (status) {
                    case 401, 403 ->
                            "; check the access key, the clock, and that it may read, write, list"
                                    + " and delete in this bucket";
                    case 301, 307 -> "; check the region and the endpoint";
                    case 404 -> "; create the bucket, or correct its name";
                    default -> "; check bucket, region and endpoint";
                };
        return refused(doing, said + remedy, answer);
    }

    private PrismException late(String doing, SdkClientException failure) {
        return unavailable(doing, "it did not answer in time (" + reason(failure) + ")", failure);
    }

    private PrismException unavailable(String doing, String why, Throwable cause) {
        return withPlace(
                new PrismException(
                        ErrorCode.STORAGE_UNAVAILABLE, message(doing, why) + "; try again", cause));
    }

    private PrismException refused(String doing, String why, Throwable cause) {
        return withPlace(new PrismException(ErrorCode.STORAGE_REFUSED, message(doing, why), cause));
    }

    private String message(String doing, String why) {
        return doing + " failed in bucket " + bucket + " at " + endpoint + ": " + why;
    }

    private PrismException withPlace(PrismException exception) {
        return exception.with("bucket", bucket).with("endpoint", endpoint);
    }

    /** What the network said, below what the client wraps around it. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private static boolean lacksCredentials(SdkClientException failure) {
        String message = failure.getMessage();
        return message != null && message.startsWith("Unable to load credentials");
    }

    /** Whether storage answered that the object, in a bucket that exists, is not there. */
    static boolean isAbsent(Throwable failure) {
        return hasStatus(failure, 404) && !hasCode(failure, "NoSuchBucket");
    }

    static boolean hasStatus(Throwable failure, int status) {
        return unwrap(failure) instanceof AwsServiceException answer
                && answer.statusCode() == status;
    }

    static boolean hasCode(Throwable failure, String code) {
        return unwrap(failure) instanceof AwsServiceException answer && codeOf(answer).equals(code);
    }

    private static String codeOf(AwsServiceException answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null) {
            return "";
        }
        return answer.awsErrorDetails().errorCode();
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
