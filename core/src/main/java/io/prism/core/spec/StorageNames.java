package io.prism.core.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/** What buckets and the prefixes of their objects may be called. */
final class StorageNames {
    static final String BUCKET_ALLOWED =
            "3 to 63 lower-case letters, digits, hyphens and dots, beginning and ending with a"
                    + " letter or digit";
    static final String PREFIX_ALLOWED =
            "folders such as videos/ or team/videos/, without .. and without a leading slash";

    private static final int LONGEST_PREFIX = 512;
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9/_.=+@:,!-]+");

    private StorageNames() {}

    static Optional<String> bucketProblem(String bucket) {
        if (!BUCKET.matcher(bucket).matches()
                || bucket.contains("..")
                || bucket.contains(".-")
                || bucket.contains("-.")) {
            return Optional.of("is not a bucket name");
        }
        if (ADDRESS.matcher(bucket).matches()) {
            return Optional.of("looks like an IP address");
        }
        if (bucket.startsWith("xn--") || bucket.endsWith("-s3alias")) {
            return Optional.of("is a name that S3 reserves");
        }
        return Optional.empty();
    }

    /** Normalised to end with exactly one slash. */
    static Parsed<String> prefix(String written) {
        if (written.isEmpty()) {
            return Parsed.wrong(
                    "is empty", "remove the key to get a prefix of the namespace's own");
        }
        if (written.startsWith("/")) {
            return Parsed.wrong("begins with a slash", "write it without the slash");
        }
        if (written.contains("..") || written.startsWith("./") || written.contains("/./")) {
            return Parsed.wrong("holds . or .. as a folder", "write the folders out");
        }
        if (written.contains("//")) {
            return Parsed.wrong("has an empty folder in it", "write one slash");
        }
        if (!PREFIX.matcher(written).matches()) {
            return Parsed.wrong(
                    "holds a character that is not safe in object names",
                    "letters, digits and / _ . = + @ : , ! - are");
        }
        String normal = written.endsWith("/") ? written : written + "/";
        return normal.length() > LONGEST_PREFIX
                ? Parsed.wrong("is longer than " + LONGEST_PREFIX + " characters", "")
                : Parsed.of(normal);
    }
}
