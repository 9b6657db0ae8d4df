package io.prism.standalone.cli.client.transact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records from JSON, digit for digit: a number that a double cannot hold goes as text. */
public final class Records {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Records() {}

    /**
     * @param json an object, or null
     * @param texts further columns
     * @throws IllegalArgumentException whose message says what is wrong
     */
    public static Struct of(@Nullable String json, Map<String, String> texts) {
        Struct.Builder record = Struct.newBuilder();
        if (json != null) {
            JsonNode node = parse(json);
            if (!node.isObject()) {
                throw new IllegalArgumentException("the record is no JSON object");
            }
            record = value(node).getStructValue().toBuilder();
        }
        for (Map.Entry<String, String> column : texts.entrySet()) {
            record.putFields(
                    column.getKey(), Value.newBuilder().setStringValue(column.getValue()).build());
        }
        return record.build();
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the record is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Value value(JsonNode node) {
        Value.Builder value = Value.newBuilder();
        switch (node.getNodeType()) {
            case OBJECT -> {
                Struct.Builder fields = Struct.newBuilder();
                node.properties().forEach(e -> fields.putFields(e.getKey(), value(e.getValue())));
                value.setStructValue(fields);
            }
            case ARRAY -> {
                ListValue.Builder items = ListValue.newBuilder();
                node.forEach(item -> items.addValues(value(item)));
                value.setListValue(items);
            }
            case BOOLEAN -> value.setBoolValue(node.booleanValue());
            case NUMBER -> {
                BigDecimal exact = node.decimalValue();
                double near = exact.doubleValue();
                if (Double.isFinite(near)
                        && new BigDecimal(Double.toString(near)).compareTo(exact) == 0
                        && Math.abs(near) < 1L << 53) {
                    value.setNumberValue(near);
                } else {
                    value.setStringValue(exact.toPlainString());
                }
            }
            case STRING -> value.setStringValue(node.textValue());
            case NULL, MISSING, BINARY, POJO -> value.setNullValue(NullValue.NULL_VALUE);
        }
        return value.build();
    }

    /** As JSON, columns in order. */
    public static ObjectNode json(Struct record) {
        ObjectNode object = NODES.objectNode();
        new TreeMap<>(record.getFieldsMap())
                .forEach((name, value) -> object.set(name, json(value)));
        return object;
    }

    private static JsonNode json(Value value) {
        return switch (value.getKindCase()) {
            case STRUCT_VALUE -> json(value.getStructValue());
            case LIST_VALUE -> {
                ArrayNode list = NODES.arrayNode();
                value.getListValue().getValuesList().forEach(item -> list.add(json(item)));
                yield list;
            }
            case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
            case NUMBER_VALUE -> {
                double number = value.getNumberValue();
                yield number == Math.rint(number) && Math.abs(number) < 1L << 53
                        ? NODES.numberNode((long) number)
                        : NODES.numberNode(number);
            }
            case STRING_VALUE -> NODES.textNode(value.getStringValue());
            case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
        };
    }
}
