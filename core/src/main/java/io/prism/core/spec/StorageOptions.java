package io.prism.core.spec;

import java.util.List;

/** The {@code storage} group that claims and tiers share. */
final class StorageOptions {
    private static final Option<String> BACKEND =
            Option.of(
                            "storage.backend",
                            ValueTypes.oneOf("s3"),
                            "The kind of object storage.",
                            "s3")
                    .defaults("s3");
    private static final Option<String> BUCKET =
            Option.of(
                            "storage.bucket",
                            ValueTypes.BUCKET,
                            "The bucket; made if it does not exist.",
                            "prism-claim-checks")
                    .alias("bucket")
                    .otherwise("the gateway's default bucket");
    private static final Option<String> ENDPOINT =
            Option.of(
                            "storage.endpoint",
                            ValueTypes.URL,
                            "Where an S3-compatible store listens.",
                            "https://s3.example.com")
                    .otherwise("the gateway's endpoint");
    private static final Option<String> REGION =
            Option.of(
                            "storage.region",
                            ValueTypes.REGION_NAME,
                            "The bucket's region.",
                            "eu-central-1")
                    .otherwise("the gateway's region");
    private static final Option<Boolean> PATH_STYLE =
            Option.of(
                            "storage.path_style",
                            ValueTypes.FLAG,
                            "Whether the bucket is part of the path rather than of the host name.",
                            "true")
                    .otherwise("the gateway's setting");

    private final Option<String> prefix;
    private final String suffix;

    /**
     * @param suffix what the default prefix has after the namespace's name
     */
    StorageOptions(String meaningOfPrefix, String suffix) {
        this.suffix = suffix;
        this.prefix =
                Option.of("storage.prefix", ValueTypes.PREFIX, meaningOfPrefix, "videos/")
                        .alias("prefix")
                        .otherwise("<namespace>" + suffix);
    }

    List<Option<?>> options() {
        return List.of(BACKEND, BUCKET, prefix, ENDPOINT, REGION, PATH_STYLE);
    }

    PatternSpec.Storage spec(OptionValues values, NamespaceName namespace) {
        return new PatternSpec.Storage(
                values.find(BUCKET),
                values.orElse(prefix, namespace.value() + suffix),
                values.find(ENDPOINT),
                values.find(REGION),
                values.find(PATH_STYLE));
    }
}
