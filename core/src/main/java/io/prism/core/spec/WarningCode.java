package io.prism.core.spec;

/**
 * What a namespace document may do, but probably does not mean. Stable like {@link ViolationCode}.
 */
public enum WarningCode {
    PATTERNS_REORDERED("The patterns were put into their canonical order, which means the same."),
    NAMESPACE_REPLACED("A later namespaces section has a namespace of the same name; it counts."),
    CLAIMS_EXPIRE_FIRST("Stored payloads expire before the records that claim them."),
    TOO_MANY_WARNINGS("There are more warnings than are listed.");

    private final String meaning;

    WarningCode(String meaning) {
        this.meaning = meaning;
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }
}
