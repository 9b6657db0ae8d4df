package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.standalone.cli.client.payload.PartFile;
import io.prism.standalone.cli.client.payload.PayloadDownload;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.v1.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Writes payloads to a folder, large ones as they arrive. A file is named {@code
 * <topic>-<partition>-<offset>-<id it was published under>}, so that a message delivered again
 * replaces its own file; characters that mean something to a file system become underscores.
 */
public final class PayloadKeeper {
    private static final int LONGEST_NAME = 200;

    private final Optional<Path> folder;
    private final PayloadDownload download;
    private final Function<OptionalLong, ProgressBar> progress;

    /**
     * @param folder exists; empty keeps nothing
     * @param progress makes the bar for a payload that is fetched
     */
    public PayloadKeeper(
            Optional<Path> folder,
            PayloadDownload download,
            Function<OptionalLong, ProgressBar> progress) {
        this.folder = folder;
        this.download = download;
        this.progress = progress;
    }

    /**
     * Deals with one event's payload. A payload that the server says is lost is an answer; that the
     * server cannot be reached is not.
     */
    public Kept keep(Delivery delivery) throws StatusException, IOException, InterruptedException {
        Event event = delivery.event();
        if (event.hasError()) {
            return new Kept.Lost(ServerError.of(event.getError()));
        }
        boolean referenced = !event.getPayloadRef().isEmpty();
        if (folder.isEmpty()) {
            return referenced ? new Kept.Referenced(event.getPayloadRef()) : new Kept.Inline();
        }
        Path target = folder.get().resolve(fileName(delivery));
        try (PartFile file = PartFile.of(target)) {
            int resumed = 0;
            if (referenced) {
                resumed = fetch(event, file);
            } else {
                file.write(event.getPayload());
            }
            file.commit();
            return new Kept.InFile(target, resumed);
        } catch (StatusException e) {
            ServerError error = ServerError.of(e.getStatus(), e.getTrailers());
            if (lost(error)) {
                return new Kept.Lost(error);
            }
            throw e;
        }
    }

    private int fetch(Event event, PartFile file)
            throws StatusException, IOException, InterruptedException {
        try (ProgressBar bar = progress.apply(OptionalLong.of(event.getPayloadSize()))) {
            PayloadDownload.Result result =
                    download.fetch(
                            event.getPayloadRef(),
                            0,
                            0,
                            data -> {
                                file.write(data);
                                bar.advance(data.size());
                            });
            if (result.bytes() != event.getPayloadSize()) {
                throw new IOException(
                        "payload of "
                                + event.getMessageId()
                                + " has "
                                + result.bytes()
                                + " bytes in place of "
                                + event.getPayloadSize());
            }
            return result.resumed();
        }
    }

    private static boolean lost(ServerError error) {
        return switch (error.status()) {
            case NOT_FOUND, DATA_LOSS -> true;
            default -> false;
        };
    }

    static String fileName(Delivery delivery) {
        Event event = delivery.event();
        String name =
                event.getTopic()
                        + "-"
                        + event.getPartition()
                        + "-"
                        + event.getOffset()
                        + "-"
                        + delivery.publishedId();
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
        if (plain.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME) {
            return plain;
        }
        // Topic and id can be long, the place in the log keeps the rest of the name unique.
        return plain.substring(0, 80)
                + "-"
                + event.getPartition()
                + "-"
                + event.getOffset()
                + "-"
                + Integer.toHexString(name.hashCode());
    }
}
