package io.prism.streams.kafka;

import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.ParsedDocument;
import io.prism.core.spec.ParsedDocument.Violation;
import io.prism.core.table.StoredNamespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the shared table to namespaces; what has not changed is not read again. */
public final class NamespaceReader {
    private static final Logger log = LoggerFactory.getLogger(NamespaceReader.class);
    private static final String UNKNOWN_PATTERN = "UNKNOWN_PATTERN";

    private Map<String, List<NamespaceSpec>> read = Map.of();

    /**
     * @param table by name, as {@link StoredNamespace}s
     */
    public List<NamespaceSpec> namespaces(Map<String, String> table) {
        Map<String, List<NamespaceSpec>> now = new HashMap<>();
        List<NamespaceSpec> all = new ArrayList<>();
        for (Map.Entry<String, String> stored : new TreeMap<>(table).entrySet()) {
            List<NamespaceSpec> known = read.get(stored.getValue());
            List<NamespaceSpec> specs =
                    known == null ? specs(stored.getKey(), stored.getValue()) : known;
            now.put(stored.getValue(), specs);
            all.addAll(specs);
        }
        read = now;
        return all;
    }

    private static List<NamespaceSpec> specs(String name, String stored) {
        ParsedDocument document;
        try {
            document = parse(StoredNamespace.fromJson(stored).source());
        } catch (PrismException e) {
            leftOut(name, e.getMessage());
            return List.of();
        }
        if (!document.valid()) {
            leftOut(name, document.violations().getFirst().message());
        }
        return document.plans().stream().map(NamespacePlan::spec).toList();
    }

    private static void leftOut(String name, @Nullable String problem) {
        log.atWarn()
                .setMessage("a namespace cannot be read; it is left out")
                .addKeyValue("namespace", name)
                .addKeyValue("problem", problem)
                .log();
    }

    /** A gateway took the document, so patterns unknown here are ones of the gateway's own. */
    private static ParsedDocument parse(String source) {
        ParsedDocument document = new NamespaceDocuments(List.of()).read(source);
        List<String> own =
                document.violations().stream()
                        .filter(violation -> violation.code().equals(UNKNOWN_PATTERN))
                        .map(Violation::found)
                        .distinct()
                        .toList();
        return own.isEmpty() ? document : new NamespaceDocuments(own).read(source);
    }
}
