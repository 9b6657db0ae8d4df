package io.prism.standalone.e2e;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The string fields of a message and of all messages in it, the keys of maps included. */
final class StringFields {
    private StringFields() {}

    /** The message, each time with another one of its strings replaced. */
    static List<Message> replaced(Message message, String by) {
        List<Message> all = new ArrayList<>();
        message.getAllFields()
                .forEach(
                        (field, value) -> {
                            if (field.isRepeated()) {
                                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                                    int place = i;
                                    replaced(field, message.getRepeatedField(field, i), by)
                                            .forEach(
                                                    other ->
                                                            all.add(
                                                                    message.toBuilder()
                                                                            .setRepeatedField(
                                                                                    field, place,
                                                                                    other)
                                                                            .build()));
                                }
                            } else {
                                replaced(field, value, by)
                                        .forEach(
                                                other ->
                                                        all.add(
                                                                message.toBuilder()
                                                                        .setField(field, other)
                                                                        .build()));
                            }
                        });
        return all;
    }

    private static List<?> replaced(FieldDescriptor field, Object value, String by) {
        return switch (field.getJavaType()) {
            case STRING -> List.of(by);
            case MESSAGE -> replaced((Message) value, by);
            default -> List.of();
        };
    }

    /** Prism's fields, and strings of any message, that none of the messages holds a value of. */
    static Set<String> unset(List<Message> messages) {
        Set<String> possible = new TreeSet<>();
        Set<String> held = new TreeSet<>();
        messages.forEach(message -> look(message, possible, held));
        possible.removeAll(held);
        return possible;
    }

    private static void look(Message message, Set<String> possible, Set<String> held) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean prisms = field.getFullName().startsWith("prism.");
            boolean text = field.getJavaType() == JavaType.STRING;
            boolean nested = field.getJavaType() == JavaType.MESSAGE;
            boolean holds = message.getAllFields().containsKey(field);
            if (text || (nested && prisms)) {
                possible.add(field.getFullName());
            }
            if (holds) {
                held.add(field.getFullName());
            }
            if (holds && nested) {
                Object value = message.getField(field);
                for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                    look((Message) each, possible, held);
                }
            }
        }
    }
}
