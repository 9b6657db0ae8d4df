package io.prism.core.spec;

/** In which order a queue hands out its messages. */
public enum Ordering {
    /** To whoever is free. */
    NONE,
    /** Messages of one key one after the other, as published; keys proceed in parallel. */
    KEY
}
