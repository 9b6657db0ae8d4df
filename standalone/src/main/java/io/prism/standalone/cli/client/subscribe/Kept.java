package io.prism.standalone.cli.client.subscribe;

import io.prism.standalone.cli.client.server.ServerError;
import java.nio.file.Path;

/** What became of an event's payload. */
public sealed interface Kept {
    /** It is in the event. */
    record Inline() implements Kept {}

    /** It is not in the event, and nobody asked for it; {@code prism fetch} gets it. */
    record Referenced(String payloadRef) implements Kept {}

    /**
     * It is in a file.
     *
     * @param resumed how often its transfer had to go on after a break
     */
    record InFile(Path file, int resumed) implements Kept {}

    /** It cannot be had. */
    record Lost(ServerError error) implements Kept {}
}
