package io.prism.standalone.cli.client.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.v1.PublishResponse;
import java.io.PrintWriter;
import java.time.Duration;

/** Prints what became of published messages and counts it. Used by one thread. */
public final class Receipts {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean quiet;
    private long published;
    private long refused;

    /**
     * @param quiet leaves out the line of each message; errors are printed all the same
     */
    public Receipts(PrintWriter out, PrintWriter err, boolean json, boolean quiet) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.quiet = quiet;
    }

    /** The answer of one message. */
    public void add(PublishResponse response) {
        if (response.hasError()) {
            refused++;
            refusal(ServerError.of(response.getError()));
            return;
        }
        published++;
        if (!quiet) {
            out.println(json ? Json.line(json(response)) : text(response));
        }
    }

    private void refusal(ServerError error) {
        if (json) {
            ObjectNode node = Json.object().put("index", published + refused - 1);
            node.set("error", ErrorText.json(error));
            err.println(Json.line(node));
        } else {
            String place = "message " + (published + refused) + ": ";
            err.println("error: " + place + ErrorText.brief(error));
        }
    }

    /** Says how much was published in that time; only for people. */
    public void summary(long bytes, Duration elapsed) {
        if (json) {
            return;
        }
        double seconds = Math.max(0.001, elapsed.toNanos() / 1e9);
        String rate =
                published == 1
                        ? Units.humanRate(bytes, elapsed)
                        : String.format("%,.0f messages/s", published / seconds);
        err.printf(
                "%,d message%s published, %s in %s, %s%s%n",
                published,
                published == 1 ? "" : "s",
                Units.humanBytes(bytes),
                Units.human(elapsed),
                rate,
                refused == 0 ? "" : String.format("; %,d refused", refused));
    }

    public long published() {
        return published;
    }

    public long refused() {
        return refused;
    }

    private static String text(PublishResponse response) {
        return PayloadText.safe(response.getMessageId())
                + (response.hasPartition() ? "  partition " + response.getPartition() : "")
                + (response.hasOffset() ? "  offset " + response.getOffset() : "")
                + (response.getDuplicate() ? "  (published before)" : "");
    }

    private static ObjectNode json(PublishResponse response) {
        ObjectNode node = Json.object().put("message_id", response.getMessageId());
        if (response.hasPartition()) {
            node.put("partition", response.getPartition());
        }
        if (response.hasOffset()) {
            node.put("offset", response.getOffset());
        }
        if (response.hasPublishedAt()) {
            node.put("published_at", Json.time(response.getPublishedAt()));
        }
        node.put("duplicate", response.getDuplicate());
        node.put("position", response.getPosition());
        return node;
    }
}
