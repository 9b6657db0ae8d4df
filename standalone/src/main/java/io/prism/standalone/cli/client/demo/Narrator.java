package io.prism.standalone.cli.client.demo;

import io.prism.standalone.cli.client.console.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * Tells a story and keeps count of what did not hold. In JSON only the checks are told, one object
 * each. Used by one thread.
 */
public final class Narrator {
    private final PrintWriter out;
    private final Ansi ansi;
    private final boolean json;
    private String chapter = "";
    private int step;
    private int checks;
    private int broken;

    public Narrator(PrintWriter out, Ansi ansi, boolean json) {
        this.out = out;
        this.ansi = ansi;
        this.json = json;
    }

    /** A new chapter begins. */
    public void chapter(Chapter begun) {
        chapter = begun.name();
        step = 0;
        tell("");
        tell(styled("━━ " + begun.name() + ": " + begun.title(), Style.bold));
    }

    /** The next step of the chapter. */
    public void step(String title) {
        step++;
        tell("");
        tell(styled(step + ". " + title, Style.bold));
    }

    /** Explains. */
    public void say(String text) {
        tell("   " + text);
    }

    /** Shows something as it is, such as a document or a record. */
    public void show(String text) {
        text.lines().forEach(line -> tell("     " + styled(line, Style.fg_cyan)));
    }

    /** A claim of the story, and whether it holds. */
    public void check(String claim, boolean holds) {
        checks++;
        if (!holds) {
            broken++;
        }
        if (json) {
            out.println(
                    Json.line(
                            Json.object()
                                    .put("chapter", chapter)
                                    .put("step", step)
                                    .put("check", claim)
                                    .put("holds", holds)));
            out.flush();
            return;
        }
        tell(
                "   "
                        + (holds
                                ? styled("✓ ", Style.fg_green, Style.bold)
                                : styled("✗ ", Style.fg_red, Style.bold))
                        + claim
                        + (holds ? "" : "  (does not hold)"));
    }

    /** Says how it went. */
    public void end() {
        tell("");
        tell(
                broken == 0
                        ? styled("All " + checks + " checks held.", Style.fg_green, Style.bold)
                        : styled(broken + " of " + checks + " checks failed.", Style.fg_red));
    }

    /** Whether every claim so far held. */
    public boolean allHeld() {
        return broken == 0;
    }

    private void tell(String line) {
        if (!json) {
            out.println(line);
            out.flush();
        }
    }

    private String styled(String text, IStyle... styles) {
        return ansi.enabled() ? Style.on(styles) + text + Style.off(styles) : text;
    }
}
