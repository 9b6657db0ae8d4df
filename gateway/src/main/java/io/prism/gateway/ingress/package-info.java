/**
 * The gRPC services. In: calls with their namespace in {@code x-prism-namespace}. Out: calls into
 * publishers and subscriptions, and every failure as a typed status. Handlers run on virtual
 * threads and may block.
 */
@NullMarked
package io.prism.gateway.ingress;

import org.jspecify.annotations.NullMarked;
