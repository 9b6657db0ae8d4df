/** Plain HTTP for operators: {@code /metrics}, {@code /health/live}, {@code /health/ready}. */
@NullMarked
package io.prism.streams.http;

import org.jspecify.annotations.NullMarked;
