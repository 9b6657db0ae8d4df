/**
 * The role {@code claim-lifecycle}. In: events about claims, and the tables. Out: deleted objects.
 * Topology → releases → reaper; a kill anywhere in between is continued by the next start.
 */
@NullMarked
package io.prism.streams.claims;

import org.jspecify.annotations.NullMarked;
