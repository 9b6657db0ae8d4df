package io.prism.core.serde;

import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.S3ClaimStores;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.core.spec.PatternSpec.Compression;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigException;

/**
 * Where one namespace's claims are, as configured in a Kafka client or a Connect plugin. Cannot
 * exist invalid.
 *
 * @param client how object storage is reached; its default bucket is the namespace's
 * @param prefix ends with a slash; claims resolve only under it
 */
public record ClaimStorage(NamespaceName namespace, ClaimStoreConfig client, String prefix) {
    public static final String NAMESPACE = "namespace";
    public static final String BUCKET = "s3.bucket";
    public static final String PREFIX = "s3.prefix";
    public static final String ENDPOINT = "s3.endpoint";
    public static final String REGION = "s3.region";
    public static final String ACCESS_KEY = "s3.access.key";
    public static final String SECRET_KEY = "s3.secret.key";
    public static final String PATH_STYLE = "s3.path.style";

    private static final String GROUP = "Claim storage";
    private static final DataSize PART = DataSize.ofMebibytes(8);
    private static final DataSize MEMORY = DataSize.ofMebibytes(64);

    /**
     * Adds these settings to a definition.
     *
     * @param lead what each name begins with, such as {@code prism.claim.check.}
     */
    public static ConfigDef define(ConfigDef definition, String lead) {
        return definition
                .define(
                        lead + NAMESPACE,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new NonEmptyString(),
                        Importance.HIGH,
                        "The Prism namespace whose claims these are.",
                        GROUP,
                        1,
                        ConfigDef.Width.MEDIUM,
                        "Namespace")
                .define(
                        lead + BUCKET,
                        ConfigDef.Type.STRING,
                        "prism-claims",
                        new NonEmptyString(),
                        Importance.HIGH,
                        "The namespace's bucket. A claim resolves only in it.",
                        GROUP,
                        2,
                        ConfigDef.Width.MEDIUM,
                        "Bucket")
                .define(
                        lead + PREFIX,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "The folder of the namespace's claims in the bucket; empty for"
                                + " `<namespace>/`. A claim resolves only under it.",
                        GROUP,
                        3,
                        ConfigDef.Width.MEDIUM,
                        "Prefix")
                .define(
                        lead + ENDPOINT,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.HIGH,
                        "The URL of the object storage; empty for AWS itself.",
                        GROUP,
                        4,
                        ConfigDef.Width.LONG,
                        "Endpoint")
                .define(
                        lead + REGION,
                        ConfigDef.Type.STRING,
                        "us-east-1",
                        new NonEmptyString(),
                        Importance.MEDIUM,
                        "The bucket's region.",
                        GROUP,
                        5,
                        ConfigDef.Width.SHORT,
                        "Region")
                .define(
                        lead + ACCESS_KEY,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.HIGH,
                        "The access key; empty for the AWS SDK's own chain: environment, profile,"
                                + " instance role.",
                        GROUP,
                        6,
                        ConfigDef.Width.MEDIUM,
                        "Access key")
                .define(
                        lead + SECRET_KEY,
                        ConfigDef.Type.PASSWORD,
                        "",
                        Importance.HIGH,
                        "Belongs to the access key.",
                        GROUP,
                        7,
                        ConfigDef.Width.MEDIUM,
                        "Secret key")
                .define(
                        lead + PATH_STYLE,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        Importance.MEDIUM,
                        "Whether the bucket is part of the path (most S3 servers) rather than of"
                                + " the host name (AWS).",
                        GROUP,
                        8,
                        ConfigDef.Width.SHORT,
                        "Path style");
    }

    /**
     * The settings of a configuration made with {@link #define}.
     *
     * @throws ConfigException naming the setting that is wrong
     */
    public static ClaimStorage of(AbstractConfig config, String lead) {
        String name = config.getString(lead + NAMESPACE);
        if (!NamespaceName.isValid(name)) {
            throw new ConfigException(
                    lead + NAMESPACE,
                    name,
                    "a namespace's name is 1 to 63 lower-case letters, digits, hyphens or"
                            + " underscores, beginning with a letter or digit");
        }
        Optional<String> accessKey = given(config.getString(lead + ACCESS_KEY));
        Optional<String> secretKey = given(config.getPassword(lead + SECRET_KEY).value());
        if (accessKey.isPresent() != secretKey.isPresent()) {
            throw new ConfigException(
                    lead
                            + ACCESS_KEY
                            + " and "
                            + lead
                            + SECRET_KEY
                            + " belong together: give both, or neither");
        }
        return new ClaimStorage(
                new NamespaceName(name),
                new ClaimStoreConfig(
                        given(config.getString(lead + ENDPOINT))
                                .map(endpoint -> endpoint(lead + ENDPOINT, endpoint)),
                        config.getString(lead + REGION),
                        accessKey,
                        secretKey,
                        config.getBoolean(lead + PATH_STYLE),
                        config.getString(lead + BUCKET),
                        PART,
                        MEMORY,
                        ClaimStoreConfig.TIMEOUT),
                prefix(lead + PREFIX, given(config.getString(lead + PREFIX)).orElse(name)));
    }

    private static Optional<String> given(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static URI endpoint(String setting, String text) {
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            throw notAnEndpoint(setting, text);
        }
        throw notAnEndpoint(setting, text);
    }

    private static ConfigException notAnEndpoint(String setting, String text) {
        return new ConfigException(setting, text, "write a URL such as https://s3.example.com");
    }

    private static String prefix(String setting, String written) {
        String prefix = written.endsWith("/") ? written : written + "/";
        boolean leaves = ("/" + prefix).contains("/../") || ("/" + prefix).contains("/./");
        if (prefix.startsWith("/") || prefix.contains("//") || leaves) {
            throw new ConfigException(
                    setting,
                    written,
                    "write folders such as videos/ or team/videos/, without . and .. and without a"
                            + " leading slash");
        }
        return prefix;
    }

    /** A client of its own for this place; closed by the caller. Does not touch the network. */
    public ClaimStores open(TimeOrderedIds ids, Clock clock) {
        return new S3ClaimStores(client, ids, clock);
    }

    /** What the namespace's claim check looks like from here. */
    public PatternSpec.ClaimCheck claimCheck(DataSize threshold, Compression compression) {
        return new PatternSpec.ClaimCheck(
                threshold,
                new PatternSpec.Storage(
                        Optional.empty(),
                        prefix,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                compression,
                new Cleanup(Cleanup.Strategy.NONE, Optional.empty()),
                Optional.empty());
    }

    /** For messages: {@code s3://bucket/prefix}. */
    public String place() {
        return "s3://" + client.defaultBucket() + "/" + prefix;
    }
}
