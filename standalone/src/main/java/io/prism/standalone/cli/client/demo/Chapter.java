package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import java.io.IOException;

/** The story of one pattern, told against a running Prism. Stateless. */
public interface Chapter {
    /** As {@code --chapter} takes it. */
    String name();

    /** What it shows, in one line. */
    String title();

    /**
     * Tells it from beginning to end; what it claims, it checks through the stage's narrator. The
     * stage removes whatever was created on it.
     */
    void tell(Stage stage) throws StatusException, IOException, InterruptedException;
}
