/**
 * The commands that are clients of a Prism, running here or elsewhere. In: a command line. Out:
 * gRPC calls, text for people or JSON for scripts, and an exit code ({@link
 * io.prism.standalone.cli.client.console.ExitCode}).
 *
 * <p>Commands only parse and print; what they do lives one package down: {@code document}
 * (validate, explain), {@code publish}, {@code subscribe}, {@code payload} (large ones, resumable),
 * {@code demo}. {@code server} is the way to a gateway, {@code console} the way to the reader.
 */
@NullMarked
package io.prism.standalone.cli.client;

import org.jspecify.annotations.NullMarked;
