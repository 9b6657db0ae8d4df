package io.prism.core.spec.yaml;

import io.prism.core.spec.yaml.YamlProblem.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Builds the tree from the parser's events, so that a hostile text is given up before it costs
 * anything: nothing is expanded, and nothing recurses. One use, one thread.
 */
public final class YamlReader {
    /** The longest text that is looked at, in UTF-8 bytes. */
    public static final int MAX_BYTES = 1_000_000;

    /** How deep collections may nest. */
    public static final int MAX_DEPTH = 50;

    /** How many keys, values and collections a text may hold. */
    public static final int MAX_NODES = 50_000;

    private static final int MAX_PROBLEMS = 20;

    private final List<YamlProblem> problems = new ArrayList<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private @Nullable YamlNode root;
    private int documents;
    private int nodes;
    private Place reached = Place.NONE;

    private YamlReader() {}

    /**
     * @param root empty if the text says nothing, or cannot be read
     * @param problems empty if the text can be read
     */
    public record Result(Optional<YamlNode> root, List<YamlProblem> problems) {}

    /** Reads a text; never throws for what it says. */
    public static Result read(String text) {
        Optional<YamlProblem> unreadable = YamlText.problem(text);
        if (unreadable.isPresent()) {
            return new Result(Optional.empty(), List.of(unreadable.get()));
        }
        YamlReader reader = new YamlReader();
        reader.parse(text);
        return new Result(
                reader.problems.isEmpty() ? Optional.ofNullable(reader.root) : Optional.empty(),
                List.copyOf(reader.problems));
    }

    /** A collection whose end has not come yet. */
    private static final class Frame {
        final boolean mapping;
        final Place place;
        final List<YamlNode> items = new ArrayList<>();
        final List<YamlNode.Entry> entries = new ArrayList<>();
        YamlNode.@Nullable Scalar key;
        boolean keyRefused;

        Frame(boolean mapping, Place place) {
            this.mapping = mapping;
            this.place = place;
        }

        boolean awaitsKey() {
            return mapping && key == null && !keyRefused;
        }
    }

    private void parse(String text) {
        LoadSettings settings =
                LoadSettings.builder().setLabel("document").setCodePointLimit(MAX_BYTES).build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                if (!accept(event) || problems.size() >= MAX_PROBLEMS) {
                    return;
                }
            }
        } catch (MarkedYamlEngineException e) {
            problems.add(syntax(e));
        } catch (RuntimeException e) {
            // The parser has odd corners, such as NumberFormatException for "\\U99999999".
            problems.add(
                    new YamlProblem(Kind.SYNTAX, "Not YAML: " + e.getMessage(), "", "", reached));
        }
    }

    /** Returns false where reading on makes no sense. */
    private boolean accept(Event event) {
        Place place = place(event.getStartMark());
        reached = place;
        if (event instanceof NodeEvent && ++nodes > MAX_NODES) {
            problems.add(
                    new YamlProblem(
                            Kind.TOO_LARGE,
                            "The document holds more than " + MAX_NODES + " keys and values",
                            "",
                            "split it into several documents",
                            place));
            return false;
        }
        switch (event.getEventId()) {
            case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
            case DocumentStart -> {
                if (++documents > 1 && event instanceof DocumentStartEvent) {
                    problems.add(
                            new YamlProblem(
                                    Kind.DOCUMENTS,
                                    "A second YAML document begins here; only one is read",
                                    "---",
                                    "put all namespaces into one list, or send two documents",
                                    place));
                    return false;
                }
            }
            case Alias -> {
                String name = ((AliasEvent) event).getAlias().getValue();
                problems.add(
                        new YamlProblem(
                                Kind.ALIASES,
                                "Aliases are not expanded",
                                "*" + name,
                                "write the value out, or quote it if the asterisk is meant",
                                place));
                add(new YamlNode.Scalar("", true, place));
            }
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                refuseTag(scalar.getTag(), place);
                add(new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), place));
            }
            case SequenceStart, MappingStart -> {
                CollectionStartEvent start = (CollectionStartEvent) event;
                refuseTag(start.getTag(), place);
                if (open.size() >= MAX_DEPTH) {
                    problems.add(
                            new YamlProblem(
                                    Kind.TOO_DEEP,
                                    "Nested deeper than " + MAX_DEPTH + " levels",
                                    "",
                                    "no option nests deeper than 6",
                                    place));
                    return false;
                }
                open.push(new Frame(event.getEventId() == Event.ID.MappingStart, place));
            }
            case SequenceEnd, MappingEnd -> {
                Frame done = open.pop();
                add(
                        done.mapping
                                ? new YamlNode.Mapping(done.entries, done.place)
                                : new YamlNode.Sequence(done.items, done.place));
            }
        }
        return true;
    }

    private void add(YamlNode node) {
        Frame frame = open.peek();
        if (frame == null) {
            root = node;
        } else if (!frame.mapping) {
            frame.items.add(node);
        } else if (frame.awaitsKey()) {
            if (node instanceof YamlNode.Scalar scalar) {
                frame.key = scalar;
            } else {
                frame.keyRefused = true;
                problems.add(
                        new YamlProblem(
                                Kind.KEY,
                                "A key must be a text",
                                node.describe(),
                                "quote it if braces or brackets are part of the text",
                                node.place()));
            }
        } else {
            YamlNode.Scalar key = frame.key;
            if (key != null) {
                frame.entries.add(new YamlNode.Entry(key.text(), node, key.place()));
            }
            frame.key = null;
            frame.keyRefused = false;
        }
    }

    private void refuseTag(Optional<String> tag, Place place) {
        tag.ifPresent(
                name ->
                        problems.add(
                                new YamlProblem(
                                        Kind.TAG,
                                        "Tags are not read: every option has its own type",
                                        name,
                                        "remove the tag, or quote the text if it is meant",
                                        place)));
    }

    private static YamlProblem syntax(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "not YAML" : e.getProblem();
        String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
        String suggestion = "";
        if (problem.contains("TAB")) {
            suggestion = "indent with spaces, not tabs";
        } else if (problem.contains("mapping values are not allowed")) {
            suggestion = "quote the text if the colon is part of it, and check the indentation";
        } else if (problem.contains("expected <block end>")) {
            suggestion = "check the indentation of this line against the ones above";
        } else if (problem.contains("cannot start any token")) {
            suggestion = "quote the text";
        } else if (problem.contains("expected ',' or")) {
            suggestion = "close the bracket or brace, or quote the text if it holds one";
        }
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        return new YamlProblem(
                Kind.SYNTAX, "Not YAML: " + problem + context, "", suggestion, place(mark));
    }

    private static Place place(Optional<Mark> mark) {
        return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(Place.NONE);
    }
}
