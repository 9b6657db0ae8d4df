/** A Prism in memory behind real gRPC ports: the contract's semantics, and faults on demand. */
@NullMarked
package io.prism.standalone.cli.client.fake;

import org.jspecify.annotations.NullMarked;
