package io.prism.standalone.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the commands that run servers end with; the first five mean the same for every {@code prism}
 * command. A contract with scripts: never renumbered.
 */
public final class ExitCodes {
    /** Done; for a command that stays: stopped as asked. */
    public static final int OK = 0;

    /** What was given is invalid. */
    public static final int INVALID = 1;

    /** The command line itself is wrong. */
    public static final int USAGE = 2;

    /** No Prism, or no server it needs, answers; nothing runs on the data folder. */
    public static final int UNREACHABLE = 3;

    /** Refused with a typed error. */
    public static final int REFUSED = 4;

    /** Another process holds the data folder. */
    public static final int FOLDER_HELD = 5;

    /** An embedded server did not start. */
    public static final int NOT_STARTED = 6;

    /** An embedded server ended while Prism was running. */
    public static final int SERVER_DIED = 7;

    /** Stopping took too long, or a second signal came: servers were killed. */
    public static final int KILLED = 8;

    /** A role of {@code prism streams} failed for good; starting it again may help. */
    public static final int ROLE_FAILED = 9;

    /** A defect of Prism itself. */
    public static final int INTERNAL = 70;

    private ExitCodes() {}

    /** For help texts, by number. */
    static Map<String, String> help() {
        var help = new LinkedHashMap<String, String>();
        help.put("0", "done; for a command that stays: stopped as asked");
        help.put("1", "what was given is invalid");
        help.put("2", "the command line is wrong");
        help.put("3", "nothing runs on the data folder, or a server does not answer");
        help.put("4", "refused with a typed error");
        help.put("5", "another process holds the data folder");
        help.put("6", "an embedded server did not start");
        help.put("7", "an embedded server ended while Prism was running");
        help.put("8", "stopping took too long, or a second signal came: servers were killed");
        help.put("9", "a role of prism streams failed for good");
        help.put("70", "a defect of Prism itself");
        return help;
    }
}
