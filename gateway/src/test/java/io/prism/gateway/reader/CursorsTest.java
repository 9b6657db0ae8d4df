package io.prism.gateway.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CursorsTest {
    private static final byte[] QUERY = "a query".getBytes(UTF_8);
    private static final List<@Nullable String> ROW =
            Arrays.asList("2026-01-31", null, "zażółć", "");

    private final Cursors cursors = new Cursors("secret".getBytes(UTF_8));

    private static void refused(Cursors by, String cursor, byte[] query, int columns) {
        assertThatThrownBy(() -> by.read(cursor, query, columns))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.CURSOR_INVALID);
                            assertThat(e.field()).isEqualTo("cursor");
                        });
    }

    @Test
    void aRowComesBackAsItWas() {
        assertThat(cursors.read(cursors.write(QUERY, ROW), QUERY, 4)).isEqualTo(ROW);
        Cursors other = new Cursors("secret".getBytes(UTF_8));
        assertThat(other.read(cursors.write(QUERY, ROW), QUERY, 4))
                .as("any gateway's")
                .isEqualTo(ROW);
    }

    @Test
    void noBitOfItCanBeChanged() {
        byte[] bytes = Base64.getUrlDecoder().decode(cursors.write(QUERY, ROW));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            refused(
                    cursors,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(changed),
                    QUERY,
                    4);
        }
        for (int length = 0; length < bytes.length; length++) {
            refused(
                    cursors,
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(Arrays.copyOf(bytes, length)),
                    QUERY,
                    4);
        }
    }

    @Test
    void anotherQuerysOrAnotherSecretsIsRefused() {
        String cursor = cursors.write(QUERY, ROW);
        refused(cursors, cursor, "another query".getBytes(UTF_8), 4);
        refused(cursors, cursor, QUERY, 3);
        refused(new Cursors("Secret".getBytes(UTF_8)), cursor, QUERY, 4);
    }

    @Test
    void whatIsNoCursorIsRefused() {
        for (String text : List.of("x", "%", "' OR 1=1 --", "A".repeat(100), "A".repeat(200_000))) {
            refused(cursors, text, QUERY, 4);
        }
    }

    @Test
    void aRowThatIsTooLongToPointAtIsRefused() {
        assertThatThrownBy(() -> cursors.write(QUERY, List.of("x".repeat(100_000))))
                .isInstanceOfSatisfying(
                        PrismException.class, e -> assertThat(e.field()).isEqualTo("sort"));
    }

    @Test
    void theSecretIsTheDatabasesAndItsPasswords() {
        Server server = new Server("postgresql://a:5432/x", "prism", "password");
        Server elsewhere = new Server("postgresql://b:5432/x", "prism", "password");
        byte[] secret = CursorSecret.of("x", server);
        assertThat(secret).hasSize(32).isEqualTo(CursorSecret.of("x", elsewhere));
        assertThat(secret).isNotEqualTo(CursorSecret.of("y", server));
        assertThat(secret)
                .isNotEqualTo(
                        CursorSecret.of("x", new Server("postgresql://a:5432/x", "prism", "")));
    }
}
