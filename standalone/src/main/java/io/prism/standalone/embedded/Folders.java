package io.prism.standalone.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What {@link Files} lacks. */
final class Folders {
    private Folders() {}

    /** Deletes a folder with everything in it; a missing one is fine. */
    static void delete(Path folder) throws IOException {
        for (Path path : contents(folder).reversed()) {
            Files.deleteIfExists(path);
        }
    }

    /** The folder and everything below it, parents first; empty where there is none. */
    static List<Path> contents(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
