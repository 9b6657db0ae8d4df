package io.prism.gateway.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.database.DatabaseConfig.Server;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What cursors are signed with: derived from the password of the database they lead into, which all
 * gateways have and no client knows. Slow to derive, so that a cursor tells nobody the password.
 */
final class CursorSecret {
    private static final int ROUNDS = 200_000;
    private static final int BITS = 256;

    private CursorSecret() {}

    /** Takes about a tenth of a second. */
    static byte[] of(String database, Server server) {
        byte[] salt = ("prism cursor 1\0" + database + "\0" + server.user()).getBytes(UTF_8);
        // An empty password is none: databases without one are for trying things out.
        char[] password = ("\0" + server.password()).toCharArray();
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password, salt, ROUNDS, BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
