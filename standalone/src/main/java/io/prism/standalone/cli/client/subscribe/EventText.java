package io.prism.standalone.cli.client.subscribe;

import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.v1.Event;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** Events for people: a line about the message, then its payload. */
public final class EventText implements EventWriter {
    private static final int HEX_HEAD = 256;

    private final PrintWriter out;
    private final Ansi ansi;
    private final PayloadView view;
    private final int longestText;

    /**
     * @param longestText characters of a payload shown as text; a terminal is not the place for
     *     megabytes
     */
    public EventText(PrintWriter out, Ansi ansi, PayloadView view, int longestText) {
        this.out = out;
        this.ansi = ansi;
        this.view = view;
        this.longestText = longestText;
    }

    @Override
    public void write(Delivery delivery, Kept payload) {
        Event event = delivery.event();
        out.println(dim(headline(event, delivery.lease().isPresent())));
        switch (payload) {
            case Kept.Inline _ -> show(event.getPayload());
            case Kept.Referenced referenced ->
                    out.printf(
                            "%s, not inlined; payload_ref %s%n",
                            Units.humanBytes(event.getPayloadSize()),
                            safe(referenced.payloadRef()));
            case Kept.InFile file ->
                    out.printf(
                            "→ %s (%s%s)%n",
                            file.file(),
                            Units.humanBytes(event.getPayloadSize()),
                            file.resumed() == 0 ? "" : ", resumed " + file.resumed() + " times");
            case Kept.Lost lost -> out.println("error: " + ErrorText.brief(lost.error()));
        }
        out.flush();
    }

    private static String headline(Event event, boolean leased) {
        StringBuilder line = new StringBuilder("── ").append(safe(event.getTopic()));
        line.append("  partition ").append(event.getPartition());
        line.append("  offset ").append(event.getOffset());
        if (event.hasPublishedAt()) {
            line.append("  ").append(Json.time(event.getPublishedAt()));
        }
        line.append("  id ").append(safe(event.getMessageId()));
        if (!event.getKey().isEmpty()) {
            line.append("  key ").append(safe(event.getKey()));
        }
        if (leased || event.getDeliveryCount() > 1) {
            line.append("  delivery ").append(event.getDeliveryCount());
        }
        if (leased) {
            line.append("  size ").append(Units.humanBytes(event.getPayloadSize()));
        }
        new TreeMap<>(event.getMetadataMap())
                .forEach(
                        (name, value) ->
                                line.append("  ")
                                        .append(safe(name))
                                        .append('=')
                                        .append(safe(value)));
        return line.toString();
    }

    private void show(ByteString payload) {
        switch (view) {
            case NONE -> {}
            case HEX -> showHex(payload);
            case TEXT -> {
                Optional<String> text = PayloadText.printable(payload);
                if (text.isPresent()) {
                    showText(text.get(), payload.size());
                } else {
                    showHex(payload);
                }
            }
        }
    }

    private void showText(String text, int bytes) {
        if (text.length() <= longestText) {
            out.println(text);
            return;
        }
        out.println(text.substring(0, longestText));
        out.println(dim("… " + Units.humanBytes(bytes) + " in all; --output DIR keeps it"));
    }

    private void showHex(ByteString payload) {
        out.print(PayloadText.hexHead(payload, HEX_HEAD, "  "));
        String more = payload.size() > HEX_HEAD ? "  … " : "  ";
        out.println(dim(more + Units.humanBytes(payload.size())));
    }

    private static String safe(String text) {
        return PayloadText.safe(text);
    }

    private String dim(String text) {
        return ansi.enabled() ? Style.faint.on() + text + Style.faint.off() : text;
    }
}
