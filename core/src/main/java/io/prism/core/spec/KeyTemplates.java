package io.prism.core.spec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys made of a row's columns: {@code user:{id}:profile}. */
final class KeyTemplates {
    private static final int LONGEST = 512;
    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");

    private KeyTemplates() {}

    /**
     * @param placeholder what may stand between braces
     */
    static Parsed<String> parse(String written, String example, Pattern placeholder) {
        if (written.length() > LONGEST) {
            return Parsed.wrong("is longer than " + LONGEST + " characters", "");
        }
        String rest = BRACES.matcher(written).replaceAll("");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            return Parsed.wrong("has a brace without its other half", "");
        }
        if (rest.chars().anyMatch(Character::isISOControl)) {
            return Parsed.wrong("holds a control character", "");
        }
        Matcher each = BRACES.matcher(written);
        boolean any = false;
        while (each.find()) {
            any = true;
            if (!placeholder.matcher(each.group(1)).matches()) {
                return Parsed.wrong(
                        "has a placeholder {" + Shown.of(each.group(1)) + "} that names no column",
                        "such as " + example);
            }
        }
        return any
                ? Parsed.of(written)
                : Parsed.wrong(
                        "has no placeholder, so all rows would share one key",
                        "such as " + example);
    }
}
