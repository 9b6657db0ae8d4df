/**
 * The process that runs topologies. In: which roles to run, and where Kafka and object storage are.
 * Out: running {@link io.prism.streams.role.Role}s, their health and their metrics. One application
 * per role serves all namespaces: a new one needs no deployment.
 */
@NullMarked
package io.prism.streams;

import org.jspecify.annotations.NullMarked;
