package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, as people write it: {@code redis://user:password@host:6379/0}, everything but
 * the host left out or not; {@code rediss://} with TLS.
 *
 * @param url without credentials
 */
public record RedisUrl(String url, Optional<String> user, Optional<String> password) {
    /** Nothing of a URL that is refused is repeated: it may hold a password. */
    public static final String EXPECTED =
            "a URL such as redis://user:password@host:6379/0, or rediss:// with TLS";

    private static final Pattern FORM =
            Pattern.compile(
                    "(?<scheme>rediss?)://"
                            + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
                            + "(?<place>(?:[^:@/?#\\s\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::[0-9]{1,5})?)"
                            + "(?<database>/[0-9]{0,4})?");

    /**
     * @throws IllegalArgumentException whose message is {@link #EXPECTED}
     */
    public static RedisUrl parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String database = Optional.ofNullable(matcher.group("database")).orElse("");
        return new RedisUrl(
                matcher.group("scheme") + "://" + matcher.group("place") + database,
                decoded(matcher.group("user")),
                decoded(matcher.group("password")));
    }

    private static Optional<String> decoded(@Nullable String part) {
        if (part == null || part.isEmpty()) {
            return Optional.empty();
        }
        try {
            // A plus sign is itself in this part of a URL.
            return Optional.of(URLDecoder.decode(part.replace("+", "%2B"), UTF_8));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(EXPECTED, malformed);
        }
    }

    /** The server, with the credentials given beside the URL before those inside it. */
    public RedisConfig.Server server(Optional<String> otherUser, Optional<String> otherPassword) {
        return new RedisConfig.Server(
                url,
                otherUser.or(() -> user).orElse(""),
                otherPassword.or(() -> password).orElse(""));
    }

    @Override
    public String toString() {
        return url;
    }
}
