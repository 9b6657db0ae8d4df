package io.prism.core.spec;

import io.prism.core.spec.yaml.Place;
import io.prism.core.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A node of a document and the way to it.
 *
 * @param path such as {@code namespaces[0].patterns}; empty for the document
 * @param place where to point at: the key's place for an entry, else the node's own
 */
record At(String path, YamlNode node, Place place) {

    static At root(YamlNode node) {
        return new At("", node, node.place());
    }

    At entry(YamlNode.Entry entry) {
        String key = Shown.of(entry.key());
        return new At(path.isEmpty() ? key : path + "." + key, entry.value(), entry.place());
    }

    At item(int index, YamlNode node) {
        return new At(path + "[" + index + "]", node, node.place());
    }

    /** The same place, called by the name of something that is not there. */
    At missing(String key) {
        return new At(path.isEmpty() ? key : path + "." + key, node, place);
    }

    /** For violations of the value rather than the key. */
    At value() {
        return node.isNothing() ? this : new At(path, node, node.place());
    }

    List<At> items() {
        List<At> items = new ArrayList<>();
        if (node instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                items.add(item(items.size(), item));
            }
        }
        return items;
    }
}
