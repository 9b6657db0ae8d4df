package io.prism.connectors.claimcheck;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The archive that the build made, unpacked as an operator would. */
public final class PluginArchive {
    private PluginArchive() {}

    /** Returns the folder for a worker's {@code plugin.path}. */
    public static Path unpack(Path into) throws IOException {
        Path archive = Path.of(Objects.requireNonNull(System.getProperty("prism.plugin.archive")));
        try (InputStream file = Files.newInputStream(archive);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("the archive leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(Objects.requireNonNull(target.getParent()));
                    Files.copy(zip, target);
                }
            }
        }
        return into;
    }

    static List<Path> jars(Path unpacked) throws IOException {
        try (var files = Files.walk(unpacked)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    /**
     * Sees the archive's jars and, as a Connect worker's plugins do, Kafka and SLF4J of outside.
     */
    public static URLClassLoader isolated(Path unpacked) throws IOException {
        URL[] urls = jars(unpacked).stream().map(PluginArchive::url).toArray(URL[]::new);
        ClassLoader workers = PluginArchive.class.getClassLoader();
        ClassLoader parent =
                new ClassLoader("worker", ClassLoader.getPlatformClassLoader()) {
                    @Override
                    protected Class<?> findClass(String name) throws ClassNotFoundException {
                        if (name.startsWith("org.apache.kafka.") || name.startsWith("org.slf4j.")) {
                            return workers.loadClass(name);
                        }
                        throw new ClassNotFoundException(name);
                    }
                };
        return new URLClassLoader("plugin", urls, parent);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
