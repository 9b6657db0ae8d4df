package io.prism.connectors.reconcile;

import io.prism.connectors.claimcheck.RealServers;
import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.EmbeddedConnect;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A worker inside this process. */
class EmbeddedConnectIT extends ConnectContract {
    private @Nullable EmbeddedConnect worker;
    private int port;

    @Override
    ConnectRuntime start(Lab lab, Path folder) throws Exception {
        port = port == 0 ? RealServers.freePort() : port;
        EmbeddedConnect started = EmbeddedConnect.start(lab.kafka(), "127.0.0.1", port);
        worker = started;
        return started;
    }

    @Override
    URI url() {
        return Objects.requireNonNull(worker).url();
    }

    @Override
    void stop() {
        Objects.requireNonNull(worker).close();
    }
}
