package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.standalone.cli.PrismCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** The {@code prism} command with the shared Prism's data folder, as a user beside `prism up`. */
final class Command {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Command() {}

    record Result(int exitCode, String out, String err) {
        /** The output's lines. */
        List<JsonNode> json() {
            return out.lines().map(Command::parse).toList();
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + line, e);
        }
    }

    static Result prism(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = SharedPrism.get().folder().toString();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                PrismCommand.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(all);
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** Fails with all the command's output unless it succeeds. */
    static Result ok(String... arguments) {
        Result result = prism(arguments);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        return result;
    }
}
