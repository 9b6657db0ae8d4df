package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Interruption;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.demo.Chapter;
import io.prism.standalone.cli.client.demo.Chapters;
import io.prism.standalone.cli.client.demo.Narrator;
import io.prism.standalone.cli.client.demo.Stage;
import io.prism.standalone.cli.client.server.Connection;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells the story of each pattern. */
@Command(
        name = "demo",
        description = {
            "Tells the story of each pattern live against a running `prism up`, looking behind it",
            "with plain clients of Kafka, S3, PostgreSQL and Redis, and checks every claim it makes",
            "(exit 1 if one fails). It works in namespaces of its own, demo-…, and deletes them."
        },
        footer = {
            "  prism demo",
            "  prism demo --chapter claim-check --keep",
            "  prism demo --json | jq 'select(.holds | not)'"
        })
final class DemoCommand extends ClientCommand {
    /** Deleting a namespace with its topics and objects takes a while. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(20);

    @Option(
            names = "--chapter",
            paramLabel = "NAME",
            completionCandidates = Chapters.class,
            description = "Only this one; may be given many times: ${COMPLETION-CANDIDATES}.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "Only list the chapters.")
    private boolean list;

    @Option(names = "--keep", description = "Leave what was created, for a look around.")
    private boolean keep;

    DemoCommand() {
        this(Io.system());
    }

    DemoCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        if (list) {
            Chapters.all().forEach(this::print);
            return ExitCode.OK;
        }
        List<Chapter> chapters = chosen();
        Narrator narrator = new Narrator(out(), ansi(), json());
        try (Interruption interruption =
                Interruption.stopping(Thread.currentThread()::interrupt, CLEAN_UP)) {
            for (Chapter chapter : chapters) {
                narrator.chapter(chapter);
                tell(chapter, narrator);
                if (interruption.interrupted()) {
                    return ExitCode.INTERRUPTED;
                }
            }
        }
        narrator.end();
        return narrator.allHeld() ? ExitCode.OK : ExitCode.NO;
    }

    private void tell(Chapter chapter, Narrator narrator)
            throws StatusException, IOException, InterruptedException {
        String suffix = Long.toString(io().clock().millis(), Character.MAX_RADIX);
        try (Connection data = dataPlane();
                Connection admin = adminApi();
                Stage stage =
                        new Stage(admin, data, server().env(), narrator, ids(), suffix, keep)) {
            chapter.tell(stage);
        }
    }

    private TimeOrderedIds ids() {
        return new TimeOrderedIds(io().clock(), new SecureRandom());
    }

    private void print(Chapter chapter) {
        if (json()) {
            print(Json.object().put("chapter", chapter.name()).put("title", chapter.title()));
        } else {
            out().printf("%-16s %s%n", chapter.name(), chapter.title());
        }
    }

    private List<Chapter> chosen() {
        if (names.isEmpty()) {
            return Chapters.all();
        }
        return names.stream()
                .map(
                        name ->
                                Chapters.named(name)
                                        .orElseThrow(
                                                () ->
                                                        new CommandFailure(
                                                                ExitCode.USAGE,
                                                                "There is no chapter '"
                                                                        + name
                                                                        + "'; --list shows them.")))
                .toList();
    }
}
