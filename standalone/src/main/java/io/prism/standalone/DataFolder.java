package io.prism.standalone;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * The folder one Prism keeps everything in. An instance holds it against every other process; the
 * operating system lets go of it when this one dies, however it dies.
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String STATE = "running.properties";
    private static final String PORTS = "ports.properties";

    private final Path path;
    private final FileChannel channel;
    private final Instant since;

    private DataFolder(Path path, FileChannel channel, Instant since) {
        this.path = path;
        this.channel = channel;
        this.since = since;
    }

    /**
     * Makes the folder if it is not there, and takes it; {@link DataFolderHeldException} says who
     * has it.
     */
    public static DataFolder take(Path path, Instant now) {
        Path folder = path.toAbsolutePath().normalize();
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(
                            folder.resolve(LOCK),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (!lock(channel)) {
                channel.close();
                throw new DataFolderHeldException(folder, state(folder));
            }
            var taken = new DataFolder(folder, channel, now);
            taken.write(STATE, RunState.ofThisProcess(now, Optional.empty()).toProperties());
            return taken;
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the data folder " + folder + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    /** What runs on a folder right now; empty when nothing does. */
    public static Optional<RunState> running(Path path) {
        return state(path.toAbsolutePath().normalize()).filter(RunState::alive);
    }

    private static Optional<RunState> state(Path folder) {
        Path file = folder.resolve(STATE);
        return Files.exists(file) ? RunState.of(read(file)) : Optional.empty();
    }

    public Path path() {
        return path;
    }

    public Path logs() {
        return path.resolve("logs");
    }

    /** The ports of the run before, or nothing. */
    Properties portsBefore() {
        Path file = path.resolve(PORTS);
        return Files.exists(file) ? read(file) : new Properties();
    }

    void remember(Ports ports) {
        writeOrFail(PORTS, ports.toProperties());
    }

    /** From now on others see where everything is. */
    public void publish(Addresses addresses) {
        writeOrFail(STATE, RunState.ofThisProcess(since, Optional.of(addresses)).toProperties());
    }

    /** Lets go of the folder; what is in it stays. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path.resolve(STATE));
            channel.close();
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "cannot let go of " + path + ": " + e.getMessage(), e);
        }
    }

    private static Properties read(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            return new Properties();
        }
        return properties;
    }

    private void writeOrFail(String name, Properties properties) {
        try {
            write(name, properties);
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "cannot write to the data folder " + path + ": " + e.getMessage(),
                    e);
        }
    }

    /** Readers see the old or the new, never half of it. */
    private void write(String name, Properties properties) throws IOException {
        Path work = path.resolve(name + ".new");
        try (Writer writer = Files.newBufferedWriter(work)) {
            properties.store(writer, null);
        }
        Files.move(work, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
