package io.prism.standalone.cli.client.subscribe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.v1.Event;
import java.io.PrintWriter;
import java.util.Base64;
import java.util.Optional;

/**
 * Events for scripts, one object a line: {@code payload} where the payload is text, {@code
 * payload_base64} where it is not, {@code payload_ref}, {@code file} or {@code error} where it is
 * not in the event.
 */
public final class EventJson implements EventWriter {
    private final PrintWriter out;
    private final PayloadView view;

    public EventJson(PrintWriter out, PayloadView view) {
        this.out = out;
        this.view = view;
    }

    @Override
    public void write(Delivery delivery, Kept payload) {
        Event event = delivery.event();
        ObjectNode node = Json.object();
        node.put("message_id", event.getMessageId());
        node.put("topic", event.getTopic());
        node.put("partition", event.getPartition());
        node.put("offset", event.getOffset());
        if (event.hasPublishedAt()) {
            node.put("published_at", Json.time(event.getPublishedAt()));
        }
        node.put("key", event.getKey());
        node.set("metadata", Json.object(event.getMetadataMap()));
        node.put("delivery_count", event.getDeliveryCount());
        node.put("payload_size", event.getPayloadSize());
        node.put("subscription_id", event.getSubscriptionId());
        delivery.lease()
                .ifPresent(
                        lease ->
                                node.put("published_id", lease.publishedId())
                                        .put("lease_until", Json.time(lease.until())));
        switch (payload) {
            case Kept.Inline _ -> inline(node, event.getPayload());
            case Kept.Referenced referenced -> node.put("payload_ref", referenced.payloadRef());
            case Kept.InFile file -> {
                node.put("file", file.file().toString());
                node.put("resumed", file.resumed());
            }
            case Kept.Lost lost -> node.set("error", ErrorText.json(lost.error()));
        }
        out.println(Json.line(node));
    }

    private void inline(ObjectNode node, ByteString payload) {
        if (view == PayloadView.NONE) {
            return;
        }
        Optional<String> text =
                view == PayloadView.TEXT ? PayloadText.printable(payload) : Optional.empty();
        if (text.isPresent()) {
            node.put("payload", text.get());
        } else {
            node.put("payload_base64", Base64.getEncoder().encodeToString(payload.toByteArray()));
        }
    }
}
