package io.prism.standalone.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * As whom PostgreSQL runs. It refuses to be root, so root (a container, mostly) gives it a user
 * namespace of its own, or where the kernel forbids that, the user {@code nobody}.
 */
sealed interface PostgresUser {
    /** The command as this user runs it; the process keeps its pid. */
    List<String> command(List<String> command);

    /** Hands a file or folder to this user. */
    void own(Path path) throws IOException;

    /** Where this user can read the programs. */
    Binaries binaries(Binaries usual, Path folder);

    static PostgresUser current() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new Caller();
        }
        if (works(List.of("unshare", "-U", "true"))) {
            return new OwnNamespace();
        }
        if (works(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "true"))) {
            return new Nobody();
        }
        throw new IOException(
                "PostgreSQL refuses to run as root, and neither unshare -U nor setpriv works here;"
                        + " install util-linux or start Prism as another user");
    }

    private static boolean works(List<String> command) {
        try {
            Process probe =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return probe.waitFor(5, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whoever started this JVM. */
    record Caller() implements PostgresUser {
        @Override
        public List<String> command(List<String> command) {
            return command;
        }

        @Override
        public void own(Path path) {}

        @Override
        public Binaries binaries(Binaries usual, Path folder) {
            return usual;
        }
    }

    /** Root outside, nobody in particular inside. */
    record OwnNamespace() implements PostgresUser {
        @Override
        public List<String> command(List<String> command) {
            return prefixed(List.of("unshare", "-U"), command);
        }

        @Override
        public void own(Path path) {}

        @Override
        public Binaries binaries(Binaries usual, Path folder) {
            return usual;
        }
    }

    /** Every folder above the data folder must let others pass. */
    record Nobody() implements PostgresUser {
        private static final int ID = 65534;

        @Override
        public List<String> command(List<String> command) {
            return prefixed(
                    List.of(
                            "setpriv",
                            "--reuid=" + ID,
                            "--regid=" + ID,
                            "--clear-groups",
                            "--inh-caps=-all"),
                    command);
        }

        @Override
        public void own(Path path) throws IOException {
            Files.setAttribute(path, "unix:uid", ID, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", ID, LinkOption.NOFOLLOW_LINKS);
        }

        /** Beside the data: root's own cache folder is closed to others. */
        @Override
        public Binaries binaries(Binaries usual, Path folder) {
            return new Binaries(folder.resolveSibling("programs"));
        }
    }

    private static List<String> prefixed(List<String> prefix, List<String> command) {
        var all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }
}
