package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.PatternSpec.Cleanup;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What holds for one namespace's claims wherever their bytes are kept: how objects are named, which
 * claims and ranges are acceptable, and what an absent object means.
 *
 * @param prefix ends with a slash
 */
record ClaimRules(String prefix, Cleanup cleanup, Clock clock) {
    private static final int ID_LENGTH = 36;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DOTS_ONLY = Pattern.compile("(^|.*/)\\.{1,2}/.*", Pattern.DOTALL);

    ClaimRules {
        if (!prefix.endsWith("/") || DOTS_ONLY.matcher(prefix).matches()) {
            throw new PrismException(
                            ErrorCode.NAMESPACE_INVALID,
                            "the storage prefix '"
                                    + prefix
                                    + "' must end with a slash and hold neither './' nor '../'")
                    .with("prefix", prefix);
        }
    }

    String keyOf(UUID id) {
        return prefix + id;
    }

    /** The claim an object's key names; empty for objects that are not claims of this namespace. */
    Optional<UUID> idOf(String key) {
        if (!key.startsWith(prefix) || key.length() != prefix.length() + ID_LENGTH) {
            return Optional.empty();
        }
        String name = key.substring(prefix.length());
        try {
            UUID id = UUID.fromString(name);
            return id.version() == 7 && id.variant() == 2 && id.toString().equals(name)
                    ? Optional.of(id)
                    : Optional.empty();
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    /** The key that every claim made before the cutoff sorts before. */
    String firstKeyAt(Instant cutoff) {
        return keyOf(TimeOrderedIds.lowestAt(cutoff));
    }

    /**
     * Refuses claims this namespace cannot have made, so that a forged one never reads another's
     * object.
     */
    void check(Claim claim) {
        if (!idOf(claim.key()).equals(Optional.of(claim.id()))) {
            throw invalid("it names an object outside this namespace");
        }
        if (claim.size() < 0 || !SHA256.matcher(claim.sha256()).matches()) {
            throw invalid("its size or digest is malformed");
        }
    }

    private static PrismException invalid(String why) {
        return new PrismException(
                ErrorCode.PAYLOAD_REF_INVALID,
                "the payload reference was not made by this namespace: "
                        + why
                        + "; pass the reference of the event unchanged");
    }

    /**
     * How many bytes a range holds, 0 meaning all that is left.
     *
     * @throws PrismException RANGE_INVALID when it does not lie within the payload
     */
    static long rangeLength(Claim claim, long offset, long length) {
        if (offset < 0 || offset > claim.size()) {
            throw outOfRange("offset", claim, offset);
        }
        long left = claim.size() - offset;
        if (length < 0 || length > left) {
            throw outOfRange("length", claim, length);
        }
        return length == 0 ? left : length;
    }

    private static PrismException outOfRange(String field, Claim claim, long found) {
        return PrismException.ofField(
                        ErrorCode.RANGE_INVALID,
                        field,
                        field
                                + " "
                                + found
                                + " leaves the payload of "
                                + claim.size()
                                + " bytes; ask for less")
                .with("payload_size", claim.size());
    }

    /** What to tell a reader whose object is not there: it expired, or it was lost. */
    PrismException absent(Claim claim, @Nullable Throwable cause) {
        Instant made = TimeOrderedIds.instantOf(claim.id());
        boolean expired =
                cleanup.ttl().map(ttl -> made.plus(ttl).isBefore(clock.instant())).orElse(false);
        if (expired) {
            return new PrismException(
                            ErrorCode.CLAIM_EXPIRED,
                            "the payload was kept until "
                                    + made.plus(cleanup.ttl().orElseThrow())
                                    + "; raise the namespace's cleanup ttl to keep payloads longer",
                            cause)
                    .with("claim_check_id", claim.id());
        }
        return new PrismException(
                        ErrorCode.CLAIM_MISSING,
                        "the payload is not in object storage although its ttl has not passed;"
                                + " somebody deleted "
                                + claim.key(),
                        cause)
                .with("claim_check_id", claim.id());
    }

    static PrismException corrupt(Claim claim, String why, @Nullable Throwable cause) {
        return new PrismException(
                        ErrorCode.CLAIM_CORRUPT,
                        "the stored payload is not the one that was published: " + why,
                        cause)
                .with("claim_check_id", claim.id())
                .with("claim_check_key", claim.key());
    }
}
