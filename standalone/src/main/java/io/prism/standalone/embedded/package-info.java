/**
 * Real servers without a container engine. In: a data folder and ports. Out: {@link
 * io.prism.standalone.embedded.Servers}, the addresses of a running Kafka, PostgreSQL, Redis and S3
 * endpoint, all on the loopback interface and all keeping their data in that folder.
 *
 * <p>Kafka and S3 run inside this JVM, PostgreSQL and Redis as child processes. What a JVM that was
 * killed left running is stopped before its folder is used again.
 */
@NullMarked
package io.prism.standalone.embedded;

import org.jspecify.annotations.NullMarked;
