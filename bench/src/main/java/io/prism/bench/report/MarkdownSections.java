package io.prism.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * A Markdown file whose measured parts stand between {@code <!-- bench:NAME -->} and {@code <!--
 * /bench:NAME -->}; everything else in it belongs to people and is never touched.
 */
public final class MarkdownSections {
    private MarkdownSections() {}

    /**
     * The text with that section's content replaced.
     *
     * @throws IllegalArgumentException if the markers are not there, or not exactly once, or in the
     *     wrong order
     */
    public static String replace(String text, String name, String content) {
        String begin = "<!-- bench:" + name + " -->";
        String end = "<!-- /bench:" + name + " -->";
        int from = only(text, begin) + begin.length();
        int to = only(text, end);
        if (to < from) {
            throw new IllegalArgumentException("the marker " + end + " stands before " + begin);
        }
        return text.substring(0, from) + "\n" + content.strip() + "\n" + text.substring(to);
    }

    /** Throws like {@link #write} would for sections of these names; changes nothing. */
    public static void check(Path file, List<String> names) throws IOException {
        String text = Files.readString(file);
        for (String name : names) {
            var _ = replace(text, name, "");
        }
    }

    /** Replaces the sections of these names, all or none. */
    public static void write(Path file, Map<String, String> sections) throws IOException {
        String text = Files.readString(file);
        for (Map.Entry<String, String> section : sections.entrySet()) {
            text = replace(text, section.getKey(), section.getValue());
        }
        Path target = file.toRealPath();
        Path next = target.resolveSibling(target.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(
                next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static int only(String text, String marker) {
        int at = text.indexOf(marker);
        if (at < 0) {
            throw new IllegalArgumentException("the marker " + marker + " is missing");
        }
        if (text.indexOf(marker, at + 1) >= 0) {
            throw new IllegalArgumentException("the marker " + marker + " stands there twice");
        }
        return at;
    }
}
