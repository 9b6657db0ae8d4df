package io.prism.standalone.cli;

import io.prism.standalone.Addresses;
import io.prism.standalone.Ports;
import io.prism.standalone.PrismStandalone;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What {@code prism up} shows. Plain ASCII but for colours; thread-safe. */
final class Screen {
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintWriter out;
    private final boolean colours;

    Screen(PrintWriter out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    /** Colours only where a person looks at a terminal and has not asked for none. */
    static boolean coloursWanted(boolean noColor) {
        return !noColor
                && System.getenv("NO_COLOR") == null
                && !"dumb".equals(System.getenv("TERM"))
                && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    void warn(String text) {
        line(paint(YELLOW, "  " + text));
    }

    void title(String version, Path data) {
        line("");
        line(paint(BOLD, "Prism " + version) + paint(DIM, "  data in " + data));
        line("");
    }

    void ready(String server, String address, Duration took) {
        line(
                "  %s %-12s %-22s %s"
                        .formatted(
                                paint(GREEN, "ready"),
                                server,
                                address,
                                paint(DIM, "%,6d ms".formatted(took.toMillis()))));
    }

    /**
     * @param asked ports whose place surprises nobody
     */
    void running(PrismStandalone prism, Set<Ports.Port> asked, Duration took) {
        Addresses at = prism.addresses();
        line("");
        line(
                paint(
                        BOLD,
                        "Prism is ready after %s s."
                                .formatted(
                                        String.format(
                                                Locale.ROOT, "%.1f", took.toMillis() / 1000.0))));
        line("");
        row("gRPC, data", at.get(Addresses.GRPC), "publish, subscribe, fetch payloads");
        row("gRPC, admin", at.get(Addresses.ADMIN), "namespaces");
        row("HTTP", at.get(Addresses.HTTP), "/metrics  /health/live  /health/ready");
        row(
                "HTTP, streams",
                at.get(Addresses.STREAMS_HTTP),
                "/metrics  /health/live  /health/ready");
        row("Kafka", at.get(Addresses.KAFKA), "");
        row("PostgreSQL", at.get(Addresses.POSTGRES), "");
        row("Redis", at.get(Addresses.REDIS), "");
        row("S3", at.get(Addresses.S3), "keys: prism env");
        row("Connect", at.get(Addresses.CONNECT), "/connectors");
        row("Logs", prism.folder().resolve("logs").toString(), "");
        List<String> moved = moved(prism.ports(), asked);
        if (!moved.isEmpty()) {
            line("");
            warn("Not where they usually are: " + String.join(", ", moved));
        }
        line("");
    }

    /**
     * @param sample what there is to try on; where there is nothing, how to make it
     */
    void tryNext(Optional<NamespaceFiles.Sample> sample) {
        line("Try, in another terminal:");
        line("  ./prism demo");
        if (sample.isEmpty()) {
            line(
                    "  echo '{namespaces: [{name: greetings, client_api: pubsub, backend: kafka}]}'"
                            + " | ./prism apply -");
        }
        String where = sample.map(s -> s.namespace() + " " + s.topic()).orElse("greetings hello");
        line("  ./prism subscribe " + where);
        line("  ./prism publish " + where + " --text 'Hello'");
        line("");
        line(paint(DIM, "Ctrl-C stops everything; what was stored stays."));
    }

    private static List<String> moved(Ports ports, Set<Ports.Port> asked) {
        var moved = new ArrayList<String>();
        for (Ports.Port port : Ports.Port.values()) {
            if (port.usual() != 0 && ports.of(port) != port.usual() && !asked.contains(port)) {
                moved.add("%s (%d, not %d)".formatted(port.title(), ports.of(port), port.usual()));
            }
        }
        return moved;
    }

    private void row(String what, String where, String remark) {
        line(
                "  %-13s %s%s"
                        .formatted(
                                what, where, remark.isEmpty() ? "" : paint(DIM, "   " + remark)));
    }

    private String paint(String style, String text) {
        return colours ? style + text + PLAIN : text;
    }
}
