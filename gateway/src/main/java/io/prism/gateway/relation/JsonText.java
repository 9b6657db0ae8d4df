package io.prism.gateway.relation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Value;
import java.math.BigDecimal;

/** A value as JSON; whole numbers without a fraction. */
final class JsonText {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonText() {}

    static String of(Value value) {
        return node(value).toString();
    }

    private static JsonNode node(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
            case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
            case STRING_VALUE -> NODES.textNode(value.getStringValue());
            case NUMBER_VALUE -> number(value.getNumberValue());
            case LIST_VALUE -> {
                ArrayNode list = NODES.arrayNode();
                value.getListValue().getValuesList().forEach(item -> list.add(node(item)));
                yield list;
            }
            case STRUCT_VALUE -> {
                ObjectNode object = NODES.objectNode();
                value.getStructValue()
                        .getFieldsMap()
                        .forEach((name, field) -> object.set(name, node(field)));
                yield object;
            }
        };
    }

    private static JsonNode number(double number) {
        if (!Double.isFinite(number)) {
            return NODES.textNode(Double.toString(number));
        }
        BigDecimal exact = new BigDecimal(Double.toString(number));
        boolean whole = exact.stripTrailingZeros().scale() <= 0 && Math.abs(number) < 1e15;
        return whole ? NODES.numberNode((long) number) : NODES.numberNode(exact);
    }
}
