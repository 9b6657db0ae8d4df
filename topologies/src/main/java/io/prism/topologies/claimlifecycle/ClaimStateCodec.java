package io.prism.topologies.claimlifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.prism.topologies.claimlifecycle.ClaimState.Publication;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A claim's state as JSON in the store and its changelog; version 1's fields stay as they are. */
final class ClaimStateCodec {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private ClaimStateCodec() {}

    static Serde<ClaimState> serde() {
        return Serdes.serdeFrom(
                (topic, state) -> state == null ? null : write(state),
                (topic, bytes) -> bytes == null ? null : read(bytes));
    }

    static byte[] write(ClaimState state) {
        ObjectNode node = JSON.createObjectNode();
        node.put("v", 1);
        state.published()
                .ifPresent(
                        p ->
                                node.put("key", p.objectKey())
                                        .put("topic", p.topic())
                                        .put("at", p.at().toString()));
        state.acknowledgedBy().forEach(node.withArray("acked")::add);
        state.heldBy().forEach(node.withArray("held")::add);
        state.keepUntil().ifPresent(until -> node.put("keep", until.toString()));
        node.put("seen", state.seenAt().toString());
        try {
            return JSON.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new SerializationException("a claim's state could not be written", e);
        }
    }

    static ClaimState read(byte[] bytes) {
        try {
            JsonNode node = JSON.readTree(bytes);
            Optional<Publication> published =
                    node.has("key")
                            ? Optional.of(
                                    new Publication(
                                            node.path("key").asText(),
                                            node.path("topic").asText(),
                                            Instant.parse(node.path("at").asText())))
                            : Optional.empty();
            return new ClaimState(
                    published,
                    names(node.path("acked")),
                    names(node.path("held")),
                    node.has("keep")
                            ? Optional.of(Instant.parse(node.path("keep").asText()))
                            : Optional.empty(),
                    Instant.parse(node.path("seen").asText()));
        } catch (IOException | DateTimeException e) {
            throw new SerializationException("a claim's state could not be read", e);
        }
    }

    private static SortedSet<String> names(JsonNode array) {
        SortedSet<String> names = new TreeSet<>();
        if (array instanceof ArrayNode elements) {
            elements.forEach(element -> names.add(element.asText()));
        }
        return names;
    }
}
