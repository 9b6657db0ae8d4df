@NullMarked
package io.prism.streams.rehydration;

import org.jspecify.annotations.NullMarked;
