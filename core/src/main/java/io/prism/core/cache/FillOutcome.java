package io.prism.core.cache;

/** What became of a fill. */
public enum FillOutcome {
    STORED,
    /** The lease expired, or an invalidation or a clearing voided it. */
    VOIDED,
    /** A change left a fence that the value is not known to be newer than. */
    OLDER;

    /** Whether the value was refused. */
    public boolean fenced() {
        return this != STORED;
    }
}
