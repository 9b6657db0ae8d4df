/** What a role is, and what the process lends it. */
@NullMarked
package io.prism.streams.role;

import org.jspecify.annotations.NullMarked;
