package io.prism.bench;

import io.prism.bench.report.JsonReport;
import io.prism.bench.report.MarkdownReport;
import io.prism.bench.report.MarkdownSections;
import io.prism.bench.report.Outcome;
import io.prism.bench.report.Report;
import io.prism.bench.report.TextTable;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code prism bench}. */
@Command(
        name = "bench",
        description = {
            "Measures a running Prism beside the raw systems under it, in the same run.",
            "Makes namespaces, topics, tables and buckets named bench-… and deletes them at the end."
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured, and everything acknowledged was found",
            "1:a scenario failed, or with --enforce a budget was missed",
            "2:the command line is wrong, or a target is not on this machine",
            "3:Prism or what it stands on does not answer"
        },
        footer = {
            "%nExamples:",
            "  prism bench                                    all scenarios, about twenty minutes",
            "  prism bench publish-stream --rounds 1          a quick look at one",
            "  prism bench --write docs/performance.md        keep the numbers"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int NO = 1;
    private static final int UNREACHABLE = 3;

    private final Clock clock;

    @Spec private @Nullable CommandSpec spec;
    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private LoadOptions load = new LoadOptions();

    @Parameters(
            paramLabel = "SCENARIO",
            description =
                    "What to measure: publish-stream, publish-unary, claim-2mb, chunked, deliver,"
                            + " queue, rehydrate, outbox, cache-hit, cache-miss, invalidation. Default:"
                            + " all.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "Say what the scenarios measure, and do nothing else.")
    private boolean list;

    @Option(names = "--json", description = "Print the report as JSON instead of a table.")
    private boolean json;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description =
                    "Also replace the sections between <!-- bench:SCENARIO --> and"
                            + " <!-- /bench:SCENARIO --> in this Markdown file.")
    private @Nullable Path file;

    @Option(names = "--enforce", description = "A budget that is missed is a failure, too.")
    private boolean enforce;

    /** As the command line makes it. */
    public BenchCommand() {
        this(Clock.systemUTC());
    }

    /**
     * @param clock dates the report
     */
    BenchCommand(Clock clock) {
        this.clock = clock;
    }

    /** Returns one of the exit codes above. */
    @Override
    public Integer call() throws InterruptedException, IOException {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        Settings settings;
        List<Scenario> scenarios;
        Targets where;
        try {
            settings = load.settings();
            scenarios = chosen(Scenario.all(settings));
            where = targets.targets();
            checkSections(scenarios);
        } catch (BenchException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
        if (list) {
            scenarios.forEach(it -> out.printf("%-15s %s%n", it.name(), it.measures()));
            return 0;
        }
        boolean interactive =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        try (Progress progress = new Progress(err, interactive)) {
            Report report =
                    new BenchRun(where, settings, targets.allowRemote(), clock, progress)
                            .run(scenarios);
            out.println(json ? JsonReport.of(report) : TextTable.of(report));
            out.flush();
            write(report);
            return exitCode(report);
        } catch (UnreachableException e) {
            err.println(e.getMessage());
            err.flush();
            return UNREACHABLE;
        } catch (BenchException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private List<Scenario> chosen(List<Scenario> all) {
        List<String> known = all.stream().map(Scenario::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new BenchException(
                        "there is no scenario '"
                                + name
                                + "'; there are "
                                + String.join(", ", known));
            }
        }
        return names.isEmpty()
                ? all
                : all.stream().filter(it -> names.contains(it.name())).toList();
    }

    /** Before minutes are spent on numbers that cannot be written. */
    private void checkSections(List<Scenario> scenarios) {
        if (file == null) {
            return;
        }
        try {
            MarkdownSections.check(file, scenarios.stream().map(Scenario::name).toList());
        } catch (IOException e) {
            throw new BenchException("--write: cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new BenchException("--write " + file + ": " + e.getMessage(), e);
        }
    }

    private void write(Report report) throws IOException {
        if (file == null) {
            return;
        }
        Map<String, String> sections = new LinkedHashMap<>();
        for (Outcome outcome : report.outcomes()) {
            sections.put(outcome.scenario(), MarkdownReport.section(report, outcome));
        }
        MarkdownSections.write(file, sections);
    }

    private int exitCode(Report report) {
        boolean fine =
                report.outcomes().stream()
                        .noneMatch(it -> it.failed() || (enforce && it.missedBudget()));
        return fine ? 0 : NO;
    }
}
