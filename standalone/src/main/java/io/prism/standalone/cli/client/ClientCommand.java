package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What every client command has: options for the server and for JSON, and one way from a failure to
 * a message on standard error and an exit code. A command never throws for what a server answers.
 */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: invalid, or not found",
            "2:the command line is wrong",
            "3:no Prism answers at the address",
            "4:Prism refused with a typed error",
            "130:interrupted"
        })
abstract class ClientCommand implements Callable<Integer> {
    @Option(
            names = "--json",
            description = "Print JSON, one object a line; errors, too (on standard error).")
    private boolean json;

    @Mixin private ServerOptions server = new ServerOptions();

    @Spec private @Nullable CommandSpec spec;

    private final Io io;
    private String address = "";

    ClientCommand(Io io) {
        this.io = io;
    }

    /** Does what was asked; failures may be thrown as they are. */
    abstract ExitCode run() throws StatusException, IOException, InterruptedException;

    @Override
    public final Integer call() {
        try {
            return run().number();
        } catch (StatusException e) {
            return failed(e.getStatus(), e.getTrailers());
        } catch (StatusRuntimeException e) {
            return failed(e.getStatus(), e.getTrailers());
        } catch (CommandFailure e) {
            return failed(e.exitCode(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return failed(ExitCode.USAGE, fileError(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(ExitCode.INTERRUPTED, "interrupted");
        } finally {
            out().flush();
            err().flush();
        }
    }

    final Io io() {
        return io;
    }

    final boolean json() {
        return json;
    }

    final ServerOptions server() {
        return server;
    }

    final PrintWriter out() {
        return spec().commandLine().getOut();
    }

    final PrintWriter err() {
        return spec().commandLine().getErr();
    }

    final Ansi ansi() {
        return spec().commandLine().getColorScheme().ansi();
    }

    final boolean showProgress() {
        return io.errIsTerminal();
    }

    /** To the data plane; errors of calls then name its address. */
    final Connection dataPlane() {
        return remember(server.dataPlane());
    }

    /** To the admin API; errors of calls then name its address. */
    final Connection adminApi() {
        return remember(server.adminApi());
    }

    final void print(ObjectNode object) {
        out().println(Json.line(object));
    }

    /** The command line was understood by picocli, but asks for something that makes no sense. */
    final ParameterException usage(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    /** Reports a server's answer and says what the command ends with. */
    final ExitCode report(ServerError error) {
        err().println(
                        json
                                ? Json.line(
                                        Json.object()
                                                .<ObjectNode>set("error", ErrorText.json(error)))
                                : ErrorText.text(error, address));
        return error.exitCode();
    }

    /** Says why one message was not acknowledged; the command goes on. */
    final void printFailure(AckCalls.Failure failure) {
        if (json) {
            ObjectNode node = Json.object().put("message_id", failure.messageId());
            node.set("error", ErrorText.json(failure.error()));
            err().println(Json.line(node));
        } else {
            err().println(
                            "not acknowledged: "
                                    + PayloadText.safe(failure.messageId())
                                    + ": "
                                    + ErrorText.withRemedy(failure.error()));
        }
    }

    private int failed(Status status, @Nullable Metadata trailers) {
        return report(ServerError.of(status, trailers)).number();
    }

    private int failed(ExitCode code, String message) {
        err().println(
                        json
                                ? Json.line(
                                        Json.object()
                                                .<ObjectNode>set(
                                                        "error", ErrorText.json(code, message)))
                                : "error: " + message);
        return code.number();
    }

    private Connection remember(Connection connection) {
        address = connection.address();
        return connection;
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not prepared this command");
        }
        return spec;
    }

    private static String fileError(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException missing ->
                    "There is no file " + missing.getFile();
            case java.nio.file.AccessDeniedException denied ->
                    "No permission for " + denied.getFile();
            case java.nio.file.FileAlreadyExistsException exists ->
                    exists.getFile() + " is in the way";
            default -> e.getClass().getSimpleName() + ": " + e.getMessage();
        };
    }
}
