/** End to end: gRPC clients on one side, real Kafka and S3 on the other. */
@NullMarked
package io.prism.standalone.e2e;

import org.jspecify.annotations.NullMarked;
