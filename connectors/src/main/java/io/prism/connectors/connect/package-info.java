/**
 * Where connectors run. In: connectors' configurations. Out: what runs, and how well. A Connect
 * cluster is asked over REST; a worker inside this process is asked in the same way, so that it can
 * be looked at and changed with the same tools.
 */
@NullMarked
package io.prism.connectors.connect;

import org.jspecify.annotations.NullMarked;
