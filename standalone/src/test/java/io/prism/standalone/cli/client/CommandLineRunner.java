package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.console.Io;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;

/** Runs client commands as a user would, in this process. */
final class CommandLineRunner {
    private final String address;
    private InputStream in = InputStream.nullInputStream();

    CommandLineRunner(String address) {
        this.address = address;
    }

    @Command(name = "prism")
    private static final class Root {}

    /**
     * @param raw what was written to standard output as bytes
     */
    record Result(int exitCode, String out, String err, ByteString raw) {
        /** Standard output, one JSON object a line. */
        List<JsonNode> json() {
            return parse(out);
        }

        List<JsonNode> errJson() {
            return parse(err);
        }

        private static List<JsonNode> parse(String text) {
            ObjectMapper mapper = new ObjectMapper();
            return text.lines()
                    .map(
                            line -> {
                                try {
                                    return mapper.readTree(line);
                                } catch (IOException e) {
                                    throw new UncheckedIOException("not JSON: " + line, e);
                                }
                            })
                    .toList();
        }
    }

    CommandLineRunner stdin(String text) {
        return stdin(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    CommandLineRunner stdin(InputStream stream) {
        in = stream;
        return this;
    }

    /** Makes commands with these surroundings, and anything else as picocli does. */
    private record WithIo(Io io) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return ClientCommand.class.isAssignableFrom(type)
                    ? type.getDeclaredConstructor(Io.class).newInstance(io)
                    : CommandLine.defaultFactory().create(type);
        }
    }

    /** With the fake's address for both planes. */
    Result run(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--grpc";
        all[arguments.length + 1] = address;
        all[arguments.length + 2] = "--admin";
        all[arguments.length + 3] = address;
        return runExactly(all);
    }

    Result runExactly(String... arguments) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        Io io =
                new Io(
                        in,
                        raw,
                        () -> false,
                        false,
                        false,
                        Clock.fixed(Instant.parse("2026-01-31T08:00:00Z"), ZoneOffset.UTC));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                new CommandLine(new Root())
                        .addSubcommand(new ValidateCommand(io))
                        .addSubcommand(new ApplyCommand(io))
                        .addSubcommand(new ExplainCommand(io))
                        .addSubcommand(new NamespacesCommand(io))
                        .addSubcommand(new PublishCommand(io))
                        .addSubcommand(new SubscribeCommand(io))
                        .addSubcommand(new CommandLine(QueueCommand.class, new WithIo(io)))
                        .addSubcommand(new CommandLine(TransactCommand.class, new WithIo(io)))
                        .addSubcommand(new CacheCommand(io))
                        .addSubcommand(new CommandLine(ReadCommand.class, new WithIo(io)))
                        .addSubcommand(new FetchCommand(io))
                        .addSubcommand(new SubscriptionsCommand(io))
                        .addSubcommand(new ClaimsCommand(io))
                        .addSubcommand(new OutboxCommand(io))
                        .addSubcommand(new CdcCommand(io))
                        .addSubcommand(new DemoCommand(io))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .setColorScheme(Help.defaultColorScheme(Ansi.OFF));
        int exitCode = line.execute(arguments);
        return new Result(
                exitCode, out.toString(), err.toString(), ByteString.copyFrom(raw.toByteArray()));
    }
}
