package io.prism.standalone.e2e;

import io.prism.standalone.PrismStandalone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One Prism for all tests of this JVM that do not hurt it; started on first use, stopped with the
 * JVM.
 */
final class SharedPrism {
    private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(15);

    private static @Nullable PrismStandalone running;

    private SharedPrism() {}

    static synchronized PrismStandalone get() {
        PrismStandalone prism = running;
        if (prism == null) {
            prism = start();
            running = prism;
            Runtime.getRuntime().addShutdownHook(new Thread(prism::close));
        }
        return prism;
    }

    private static PrismStandalone start() {
        // Its threads are not the test's own: Kafka Streams replaces one whose topics are deleted.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        try {
            return PrismStandalone.start(
                    Files.createTempDirectory(Path.of("target"), "shared-prism"), PUBLISH_TIMEOUT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
