/**
 * The webhook: a Connect sink. In: a namespace's topic of changes. Out: a POST for each, in order.
 * Offsets are committed only after the receiver has answered.
 */
@NullMarked
package io.prism.connectors.webhook;

import org.jspecify.annotations.NullMarked;
