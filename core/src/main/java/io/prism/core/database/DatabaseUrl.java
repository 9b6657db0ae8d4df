package io.prism.core.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is, as people write it: {@code postgresql://user:password@host:5432/database},
 * credentials left out or not, {@code jdbc:} in front or not.
 *
 * @param url without {@code jdbc:} and without credentials
 */
public record DatabaseUrl(String url, Optional<String> user, Optional<String> password) {
    /** Nothing of a URL that is refused is repeated: it may hold a password. */
    public static final String EXPECTED =
            "a URL such as postgresql://user:password@host:5432/database, without user and password"
                    + " in its query";

    private static final Pattern FORM =
            Pattern.compile(
                    "(?:jdbc:)?postgres(?:ql)?://"
                            + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
                            + "(?<place>[^@/?#\\s]+/[^@/?#\\s]+)"
                            + "(?<query>\\?[^#\\s]*)?");
    private static final Pattern SECRETS = Pattern.compile("[?&](?:user|password)=");

    /**
     * @throws IllegalArgumentException whose message is {@link #EXPECTED}
     */
    public static DatabaseUrl parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String query = Optional.ofNullable(matcher.group("query")).orElse("");
        if (SECRETS.matcher(query.toLowerCase(Locale.ROOT)).find()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new DatabaseUrl(
                "postgresql://" + matcher.group("place") + query,
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
    public DatabaseConfig.Server server(
            Optional<String> otherUser, Optional<String> otherPassword) {
        return new DatabaseConfig.Server(
                url,
                otherUser.or(() -> user).orElse("postgres"),
                otherPassword.or(() -> password).orElse(""));
    }

    @Override
    public String toString() {
        return url;
    }
}
