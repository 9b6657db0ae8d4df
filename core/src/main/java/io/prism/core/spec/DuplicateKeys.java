package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports keys that a mapping holds twice, and keeps the first of each. */
final class DuplicateKeys {
    private DuplicateKeys() {}

    static At removed(At at, Problems problems) {
        return new At(at.path(), clean(at, problems), at.place());
    }

    private static YamlNode clean(At at, Problems problems) {
        return switch (at.node()) {
            case YamlNode.Scalar scalar -> scalar;
            case YamlNode.Sequence sequence ->
                    new YamlNode.Sequence(
                            at.items().stream().map(item -> clean(item, problems)).toList(),
                            sequence.place());
            case YamlNode.Mapping mapping -> {
                Map<String, YamlNode.Entry> first = new HashMap<>();
                List<YamlNode.Entry> kept = new ArrayList<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    Optional<YamlNode.Entry> twin =
                            Optional.ofNullable(first.putIfAbsent(entry.key(), entry));
                    At where = at.entry(entry);
                    if (twin.isPresent()) {
                        problems.wrong(
                                where,
                                ViolationCode.DUPLICATE_KEY,
                                "`"
                                        + Shown.of(entry.key())
                                        + "` is already given in line "
                                        + twin.get().place().line(),
                                List.of(),
                                "remove one of them");
                    } else {
                        kept.add(
                                new YamlNode.Entry(
                                        entry.key(), clean(where, problems), entry.place()));
                    }
                }
                yield new YamlNode.Mapping(kept, mapping.place());
            }
        };
    }
}
