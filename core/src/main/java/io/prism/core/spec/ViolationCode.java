package io.prism.core.spec;

/**
 * Why a namespace document is refused. Names are part of the contract: they are never renamed, and
 * never used for something else.
 */
public enum ViolationCode {
    YAML_SYNTAX("The text is not YAML."),
    YAML_TOO_LARGE("The document is larger than 1 MB, or holds more than 50000 keys and values."),
    YAML_TOO_DEEP("Collections nest deeper than 50 levels."),
    YAML_ALIASES("The document uses an alias (*name), which is not expanded."),
    YAML_TAG("The document uses a tag (!name), which is not read."),
    YAML_CHARACTER("A control character, or text that is not UTF-8."),
    YAML_DOCUMENTS("The text holds more than one YAML document."),
    YAML_KEY("A key is not a text."),
    DUPLICATE_KEY("An option is given twice: under one key, or by two ways of writing it."),
    DUPLICATE_NAMESPACE("Two namespaces of one list have the same name."),
    DUPLICATE_PATTERN("A namespace has the same pattern twice."),
    UNKNOWN_OPTION("There is no option of that name at this place."),
    UNKNOWN_PATTERN("No pattern of that type is built in or installed."),
    UNKNOWN_BACKEND("There is no backend of that type."),
    MISSING_OPTION("A required option is not given."),
    UNUSED_OPTION("The option would have no effect beside the others."),
    INVALID_VALUE("The option cannot have that value."),
    CONFLICTING_OPTIONS("Two options contradict each other."),
    CONFLICTING_PATTERNS("Two patterns contradict each other."),
    INCOMPATIBLE_PATTERN("The pattern does not serve the namespace's client_api."),
    INCOMPATIBLE_PATTERN_ORDER("The patterns make no sense in this order."),
    BACKEND_INCOMPATIBLE_WITH_API("The backend cannot serve the namespace's client_api."),
    BACKEND_INCOMPATIBLE_WITH_PATTERNS("The backend cannot carry one of the patterns."),
    REQUIREMENT_NOT_MET("No pattern or setting can meet the requirement."),
    TOPIC_OVERLAP("Two namespaces of the document would share a topic."),
    STORAGE_OVERLAP("Two object stores would share a bucket's prefix."),
    TOO_MANY_VIOLATIONS("There are more violations than are listed.");

    private final String meaning;

    ViolationCode(String meaning) {
        this.meaning = meaning;
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }
}
