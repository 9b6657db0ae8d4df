@NullMarked
package io.prism.bench.load;

import org.jspecify.annotations.NullMarked;
