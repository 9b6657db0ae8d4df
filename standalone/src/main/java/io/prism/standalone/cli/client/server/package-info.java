/**
 * The way to a running Prism. In: options, environment and the state file of a running {@code up}.
 * Out: channels to its ports, and its errors as people and scripts can read them.
 */
@NullMarked
package io.prism.standalone.cli.client.server;

import org.jspecify.annotations.NullMarked;
