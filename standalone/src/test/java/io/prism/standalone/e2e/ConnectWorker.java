package io.prism.standalone.e2e;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.prism.connectors.connect.EmbeddedConnect;
import io.prism.standalone.logging.Logging;
import org.slf4j.LoggerFactory;

/**
 * A Connect worker as a process of its own, to be killed; told the Kafka cluster and its own port.
 * It ends when the worker ends.
 */
final class ConnectWorker {
    private ConnectWorker() {}

    /** Does not return while the worker lives. */
    public static void main(String[] arguments) {
        Logging.toStdout("INFO");
        if (LoggerFactory.getLogger("io.debezium") instanceof Logger debezium) {
            debezium.setLevel(Level.INFO);
        }
        try (EmbeddedConnect worker =
                EmbeddedConnect.start(arguments[0], "127.0.0.1", Integer.parseInt(arguments[1]))) {
            throw new IllegalStateException(worker.died().join());
        }
    }
}
