/** From Prism's errors to gRPC's: the one place where a code becomes a status with its details. */
@NullMarked
package io.prism.gateway.error;

import org.jspecify.annotations.NullMarked;
