/**
 * What the client commands share to talk to people and scripts. In: values, sizes, durations as
 * typed text. Out: lines, JSON objects, progress, exit codes.
 */
@NullMarked
package io.prism.standalone.cli.client.console;

import org.jspecify.annotations.NullMarked;
