/**
 * The {@code prism} command. {@link io.prism.standalone.cli.PrismCommand} lists the subcommands;
 * {@link io.prism.standalone.cli.ExitCodes} says what they end with.
 */
@NullMarked
package io.prism.standalone.cli;

import org.jspecify.annotations.NullMarked;
