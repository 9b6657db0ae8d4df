/** Where log events go: nowhere for a command, into files for {@code up}, to stdout for a role. */
@NullMarked
package io.prism.standalone.logging;

import org.jspecify.annotations.NullMarked;
