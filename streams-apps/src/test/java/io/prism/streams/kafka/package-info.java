@NullMarked
package io.prism.streams.kafka;

import org.jspecify.annotations.NullMarked;
