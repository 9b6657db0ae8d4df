package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.Databases;
import io.prism.standalone.embedded.LonePostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away while a pool learns from its first connection what it is. */
final class BrokenFirstConnectionIT {
    private static final String LEARNING = "SHOW TRANSACTION ISOLATION LEVEL";

    @TempDir private Path temp;

    /** Between a client and its server; breaks the first connection that says the words. */
    private static final class Breaking implements AutoCloseable {
        private final ServerSocket clients;
        private final int server;
        private final String words;
        private final AtomicInteger broken = new AtomicInteger();

        Breaking(int server, String words) throws IOException {
            this.server = server;
            this.words = words;
            this.clients = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
            Thread.ofPlatform().daemon().start(this::accept);
        }

        int port() {
            return clients.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = clients.accept();
                    Socket there = new Socket(InetAddress.ofLiteral("127.0.0.1"), server);
                    Thread.ofPlatform().daemon().start(() -> pass(client, there, words));
                    Thread.ofPlatform().daemon().start(() -> pass(there, client, ""));
                }
            } catch (IOException closed) {
                // That was all.
            }
        }

        private void pass(Socket from, Socket to, String until) {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] bytes = new byte[8192];
                for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
                    if (!until.isEmpty()
                            && new String(bytes, 0, count, ISO_8859_1).contains(until)
                            && broken.compareAndSet(0, 1)) {
                        return;
                    }
                    out.write(bytes, 0, count);
                }
            } catch (IOException over) {
                // The other one has closed it.
            }
        }

        @Override
        public void close() throws IOException {
            clients.close();
        }
    }

    @Test
    void theNextConnectionIsAsGoodAsAny() throws Exception {
        try (LonePostgres postgres = LonePostgres.start(temp);
                Breaking between = new Breaking(URI.create(postgres.url()).getPort(), LEARNING);
                Databases databases =
                        new Databases(
                                new DatabaseConfig(
                                        Map.of(
                                                DatabaseConfig.DEFAULT,
                                                new Server(
                                                        "postgresql://127.0.0.1:"
                                                                + between.port()
                                                                + "/postgres",
                                                        postgres.user(),
                                                        postgres.password())),
                                        false,
                                        2),
                                "broken-first")) {
            try (Connection connection = databases.connect(DatabaseConfig.DEFAULT)) {
                assertThat(connection.isValid(5)).isTrue();
                assertThat(connection.getTransactionIsolation())
                        .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            }
            assertThat(between.broken.get()).isEqualTo(1);
        }
    }
}
