package io.prism.standalone.cli.client.subscribe;

import java.util.Locale;

/** How a payload is shown. */
public enum PayloadView {
    /** As text where it is text, otherwise as hex. */
    TEXT,
    HEX,
    NONE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
