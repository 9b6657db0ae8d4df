package io.prism.standalone.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks the server programs that come inside jars, once a machine and version, into the user's
 * cache folder. Several processes may do so at the same time: what is half unpacked has another
 * name.
 */
final class Binaries {
    private static final String POSTGRES_JAR_RESOURCE = "/postgres-linux-x86_64.txz";
    private static final String POSTGRES_VERSION = "18.6.0";
    private static final String REDIS_RESOURCE = "/redis-server-7.0.15-linux-amd64";
    private static final String REDIS_VERSION = "7.0.15";

    private final Path cache;

    Binaries(Path cache) {
        this.cache = cache;
    }

    /**
     * {@code PRISM_CACHE}, else the XDG cache folder, else {@code ~/.cache}, and in it a folder.
     */
    static Binaries inUserCache() {
        String own = System.getenv("PRISM_CACHE");
        if (own != null && !own.isBlank()) {
            return new Binaries(Path.of(own).toAbsolutePath());
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base =
                xdg != null && !xdg.isBlank()
                        ? Path.of(xdg)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return new Binaries(base.resolve("prism").toAbsolutePath());
    }

    /** The folder with {@code bin/postgres}. */
    Path postgres() throws IOException {
        Path target = cache.resolve("postgres-" + POSTGRES_VERSION);
        if (Files.isExecutable(target.resolve("bin/postgres"))) {
            return target;
        }
        Path work = Files.createDirectories(cache.resolve(unique("postgres")));
        try (InputStream in = resource("PostgreSQL", POSTGRES_JAR_RESOURCE)) {
            untar(in, work);
        }
        publish(work, target);
        return target;
    }

    /** The {@code redis-server} program. */
    Path redis() throws IOException {
        Path target = cache.resolve("redis-server-" + REDIS_VERSION);
        if (Files.isExecutable(target)) {
            return target;
        }
        Files.createDirectories(cache);
        Path work = cache.resolve(unique("redis"));
        try (InputStream in = resource("Redis", REDIS_RESOURCE)) {
            Files.copy(in, work);
        }
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        publish(work, target);
        return target;
    }

    private static InputStream resource(String server, String name) throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        if (!os.contains("linux") || !(arch.equals("amd64") || arch.equals("x86_64"))) {
            throw new IOException(
                    server
                            + " is packaged for Linux on x86-64 only, and this is "
                            + os
                            + " on "
                            + arch
                            + "; docker compose up starts the servers anywhere, and prism gateway"
                            + " runs against them");
        }
        InputStream in = Binaries.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name.substring(1) + " is missing from the class path");
        }
        return in;
    }

    private static void untar(InputStream in, Path folder) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (!path.startsWith(folder)) {
                    throw new IOException("the archive leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(path.getParent());
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(path, permissions(entry.getMode()));
                }
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] byBit = {
            PosixFilePermission.OTHERS_EXECUTE,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_READ
        };
        for (int bit = 0; bit < byBit.length; bit++) {
            if ((mode & (1 << bit)) != 0) {
                permissions.add(byBit[bit]);
            }
        }
        return permissions;
    }

    /** Gives it its final name; where another process was faster, its copy is as good. */
    private static void publish(Path work, Path target) throws IOException {
        try {
            Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException faster) {
            Folders.delete(work);
        } catch (AtomicMoveNotSupportedException e) {
            Folders.delete(work);
            throw e;
        }
    }

    private static String unique(String name) {
        return "." + name + "-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    }
}
