package io.prism.core.claim.lifecycle;

import io.prism.core.spec.NamespaceName;

import java.util.UUID;

/**
 * Names a claim among those of all namespaces. Its text, {@code <namespace>/<claim id>}, is the key
 * of the records about it.
 */
public record ClaimKey(NamespaceName namespace, UUID id) {

    /**
     * The inverse of {@link #toString}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ClaimKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a claim's key: " + text);
        }
        return new ClaimKey(
                new NamespaceName(text.substring(0, slash)),
                UUID.fromString(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return namespace + "/" + id;
    }
}
