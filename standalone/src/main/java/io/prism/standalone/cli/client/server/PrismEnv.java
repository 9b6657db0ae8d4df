package io.prism.standalone.cli.client.server;

import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * How to reach a Prism: the {@code PRISM_*} variables of the process, then those that a running
 * {@code prism up} keeps in its data folder.
 */
public final class PrismEnv {
    /**
     * What a running {@code up} writes into its data folder; a key that ends in {@code
     * .PRISM_<NAME>} carries that variable.
     */
    public static final String STATE_FILE = "running.properties";

    private final Map<String, String> variables;
    private final Map<String, String> state;
    private final Path stateFile;

    private PrismEnv(Map<String, String> variables, Map<String, String> state, Path stateFile) {
        this.variables = variables;
        this.state = state;
        this.stateFile = stateFile;
    }

    /**
     * @param variables the process's environment
     * @param data the data folder of an {@code up}; it need not exist
     */
    public static PrismEnv of(Map<String, String> variables, Path data) {
        Path file = data.resolve(STATE_FILE);
        Properties state = new Properties();
        if (Files.isRegularFile(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                state.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new CommandFailure(
                        ExitCode.USAGE, "Cannot read " + file + ": " + e.getMessage(), e);
            }
        }
        return new PrismEnv(variables, variablesOf(state), file);
    }

    private static Map<String, String> variablesOf(Properties state) {
        Map<String, String> variables = new HashMap<>();
        for (String key : state.stringPropertyNames()) {
            variables.put(key.substring(key.lastIndexOf('.') + 1), state.getProperty(key));
        }
        return variables;
    }

    /** The value of that variable, if any source has it. */
    public Optional<String> get(String key) {
        String value = variables.get(key);
        if (value == null || value.isBlank()) {
            value = state.get(key);
        }
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** The value of that variable; without one the command ends and says where it may come from. */
    public String require(String key) {
        return get(key).orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.UNREACHABLE,
                                        key
                                                + " is not known: neither a variable nor in "
                                                + stateFile
                                                + ". Is `prism up` running? Give its data folder"
                                                + " with --data, or set the variable."));
    }
}
