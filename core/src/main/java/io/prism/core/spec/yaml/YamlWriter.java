package io.prism.core.spec.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;

/**
 * The reverse of {@link YamlReader}: what it writes reads back to an equal tree, but for places,
 * comments and layout.
 */
public final class YamlWriter {
    private static final ImplicitTuple NO_TAG = new ImplicitTuple(true, true);
    private static final DumpSettings SETTINGS =
            DumpSettings.builder()
                    .setUseUnicodeEncoding(true)
                    .setSplitLines(false)
                    .setIndicatorIndent(2)
                    .setIndentWithIndicator(true)
                    .build();

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private YamlWriter() {}

    /** In block style, one entry a line. */
    public static String write(YamlNode root) {
        List<Event> events = new ArrayList<>();
        events.add(new StreamStartEvent());
        events.add(
                new DocumentStartEvent(
                        false, Optional.empty(), Map.of(), Optional.empty(), Optional.empty()));
        add(root, events);
        events.add(new DocumentEndEvent(false));
        events.add(new StreamEndEvent());
        return new Present(SETTINGS).emitToString(events.iterator());
    }

    private static void add(YamlNode node, List<Event> events) {
        switch (node) {
            case YamlNode.Scalar scalar -> events.add(scalar(scalar));
            case YamlNode.Sequence sequence -> {
                events.add(
                        new SequenceStartEvent(
                                Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
                sequence.items().forEach(item -> add(item, events));
                events.add(new SequenceEndEvent());
            }
            case YamlNode.Mapping mapping -> {
                events.add(
                        new MappingStartEvent(
                                Optional.empty(), Optional.empty(), true, FlowStyle.BLOCK));
                for (YamlNode.Entry entry : mapping.entries()) {
                    events.add(event(entry.key(), keyStyle(entry.key())));
                    add(entry.value(), events);
                }
                events.add(new MappingEndEvent());
            }
        }
    }

    /**
     * Option names stay plain; the emitter breaks some other plain keys over lines that do not read
     * back.
     */
    private static ScalarStyle keyStyle(String key) {
        return NAME.matcher(key).matches() ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
    }

    private static Event scalar(YamlNode.Scalar scalar) {
        if (scalar.isNull()) {
            return event("null", ScalarStyle.PLAIN);
        }
        return event(scalar.text(), scalar.plain() ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    private static Event event(String text, ScalarStyle style) {
        return new ScalarEvent(Optional.empty(), Optional.empty(), NO_TAG, text, style);
    }
}
