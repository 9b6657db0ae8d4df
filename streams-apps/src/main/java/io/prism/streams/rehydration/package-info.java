/**
 * The role {@code rehydration}. In: the namespaces that ask for it, and the topics there are. Out:
 * derived topics that are ready, routes to them, and the application that fills them.
 */
@NullMarked
package io.prism.streams.rehydration;

import org.jspecify.annotations.NullMarked;
