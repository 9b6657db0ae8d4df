package io.prism.standalone.cli.client.demo;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The chapters there are, in the order they are told; also their names for shell completion. */
public final class Chapters implements Iterable<String> {
    private static final List<Chapter> ALL =
            List.of(
                    new ClaimCheckChapter(),
                    new LifecycleChapter(),
                    new RehydrateChapter(),
                    new QueueChapter(),
                    new OutboxChapter(),
                    new CacheChapter());

    public static List<Chapter> all() {
        return ALL;
    }

    /** The chapter of that name. */
    public static Optional<Chapter> named(String name) {
        return ALL.stream().filter(chapter -> chapter.name().equals(name)).findFirst();
    }

    @Override
    public Iterator<String> iterator() {
        return ALL.stream().map(Chapter::name).iterator();
    }
}
