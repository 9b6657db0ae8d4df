package io.prism.core.spec.yaml;

/** A place in a text, 1-based; {@link #NONE} where there is no text. */
public record Place(int line, int column) {
    public static final Place NONE = new Place(0, 0);
}
