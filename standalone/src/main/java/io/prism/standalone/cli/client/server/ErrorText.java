package io.prism.standalone.cli.client.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.ServerError.FieldViolation;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The one place where errors become text or JSON. */
public final class ErrorText {
    private static final Map<String, String> REMEDIES =
            Map.ofEntries(
                    Map.entry("NAMESPACE_NOT_FOUND", "`prism namespaces` lists what exists"),
                    Map.entry("NAMESPACE_MISSING", "give the namespace's name"),
                    Map.entry(
                            "NAMESPACE_EXISTS",
                            "`prism explain NAME` shows it; `prism namespaces delete NAME` removes"
                                    + " it"),
                    Map.entry("NAMESPACE_INVALID", "`prism validate FILE` shows every place"),
                    Map.entry(
                            "PATTERN_NOT_AVAILABLE",
                            "`prism explain FILE --server` shows which patterns this Prism runs"),
                    Map.entry(
                            "MESSAGE_TOO_LARGE",
                            "`prism publish --file` sends payloads of any size in chunks"),
                    Map.entry(
                            "METADATA_RESERVED",
                            "rename the entry: prism-*, claim_check_* and payload_size are"
                                    + " Prism's own"),
                    Map.entry(
                            "TOPIC_NOT_IN_NAMESPACE",
                            "`prism explain NAMESPACE` shows the namespace's topics"),
                    Map.entry(
                            "SUBSCRIPTION_NOT_FOUND",
                            "`prism subscriptions NAMESPACE` lists what exists"),
                    Map.entry(
                            "API_MISMATCH",
                            "`prism explain NAMESPACE` shows which API the namespace has"),
                    Map.entry(
                            "LEASE_LOST",
                            "receive the message again: its next delivery has another id"),
                    Map.entry(
                            "MESSAGE_ID_INVALID",
                            "give the message_id of a delivery, as `prism queue receive` prints"
                                    + " it"),
                    Map.entry("STORAGE_UNAVAILABLE", "check that the object storage answers"),
                    Map.entry("BACKEND_UNAVAILABLE", "check that Kafka answers"),
                    Map.entry("OVERLOADED", "send more slowly"),
                    Map.entry("DRAINING", "the gateway is stopping; try another or wait"));

    private ErrorText() {}

    /** Lines for people, without a line end after the last. */
    public static String text(ServerError error, String address) {
        StringBuilder text = new StringBuilder("error: ");
        if (error.unreachable()) {
            return text.append("no Prism answers at ")
                    .append(address)
                    .append(" (")
                    .append(error.status())
                    .append(detail(error))
                    .append(")\n  try: start one with `prism up`, or name another with --grpc,")
                    .append(" --admin or --data")
                    .toString();
        }
        text.append(brief(error));
        error.fields().forEach(field -> text.append("\n  field ").append(field(field, error)));
        error.details()
                .forEach(
                        (key, value) ->
                                text.append("\n  ")
                                        .append(safe(key))
                                        .append(": ")
                                        .append(safe(value)));
        error.retryAfter().ifPresent(wait -> text.append("\n  wait: ").append(Units.human(wait)));
        remedy(error).ifPresent(remedy -> text.append("\n  try: ").append(remedy));
        return text.toString();
    }

    /** The field, and what the error itself does not say about it. */
    private static String field(FieldViolation field, ServerError error) {
        boolean more = !field.description().equals(error.message());
        boolean other = !field.reason().isEmpty() && !field.reason().equals(error.reason());
        return safe(field.field())
                + (more ? ": " + safe(field.description()) : "")
                + (other ? " [" + safe(field.reason()) + "]" : "");
    }

    /** Status, reason and message on one line. */
    public static String brief(ServerError error) {
        return error.status()
                + (error.reason().isEmpty() ? "" : " " + safe(error.reason()))
                + (error.message().isEmpty() ? "" : ": " + message(error));
    }

    /** As {@link #brief}, and on a line of its own what may help. */
    public static String withRemedy(ServerError error) {
        return brief(error) + remedy(error).map(remedy -> "\n  try: " + remedy).orElse("");
    }

    /** One object: status, reason, message, details, fields, retry_after_ms, remedy. */
    public static ObjectNode json(ServerError error) {
        ObjectNode node = Json.object();
        node.put("status", error.status().name());
        node.put("reason", error.reason());
        node.put("message", error.message());
        node.set("details", Json.object(error.details()));
        ArrayNode fields = node.putArray("fields");
        error.fields()
                .forEach(
                        field ->
                                fields.addObject()
                                        .put("field", field.field())
                                        .put("description", field.description())
                                        .put("reason", field.reason()));
        error.retryAfter().ifPresent(wait -> node.put("retry_after_ms", wait.toMillis()));
        remedy(error).ifPresent(remedy -> node.put("remedy", remedy));
        return node;
    }

    /** An error of this side, in the shape of a server's. */
    public static ObjectNode json(ExitCode code, String message) {
        return Json.object().put("status", code.name()).put("message", message);
    }

    private static Optional<String> remedy(ServerError error) {
        if (error.unreachable()) {
            return Optional.of("start one with `prism up`");
        }
        return Optional.ofNullable(REMEDIES.get(error.reason()));
    }

    private static String detail(ServerError error) {
        return error.message().isEmpty() ? "" : ": " + message(error);
    }

    private static String message(ServerError error) {
        return error.message().lines().map(ErrorText::safe).collect(Collectors.joining("\n  "));
    }

    private static String safe(String text) {
        return PayloadText.safe(text);
    }
}
