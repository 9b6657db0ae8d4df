/**
 * From a publish request to the chain. In: requests. Out: checked, deduplicated messages with their
 * place in order.
 */
@NullMarked
package io.prism.gateway.publish;

import org.jspecify.annotations.NullMarked;
