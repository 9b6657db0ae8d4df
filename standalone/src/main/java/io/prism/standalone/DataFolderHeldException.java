package io.prism.standalone;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Another process uses the data folder; the message says which, since when, and where it serves.
 */
public final class DataFolderHeldException extends PrismException {
    private static final long serialVersionUID = 1L;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    DataFolderHeldException(Path folder, Optional<RunState> holder) {
        super(ErrorCode.CONFIGURATION_INVALID, message(folder, holder));
        with("folder", folder);
        holder.ifPresent(h -> with("pid", h.pid()));
    }

    private static String message(Path folder, Optional<RunState> holder) {
        String remedy = "; stop it, or give another folder with --data";
        if (holder.isEmpty()) {
            return "the data folder " + folder + " is held by another process" + remedy;
        }
        RunState state = holder.get();
        return "the data folder %s is held by Prism, pid %d, since %s (%s)%s"
                .formatted(
                        folder,
                        state.pid(),
                        TIME.format(state.since()),
                        state.addresses().map(DataFolderHeldException::where).orElse("starting"),
                        remedy);
    }

    private static String where(Addresses addresses) {
        return "gRPC %s, admin %s, %s"
                .formatted(
                        addresses.get(Addresses.GRPC),
                        addresses.get(Addresses.ADMIN),
                        addresses.get(Addresses.HTTP));
    }
}
