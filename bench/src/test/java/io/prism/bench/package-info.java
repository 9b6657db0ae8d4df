@NullMarked
package io.prism.bench;

import org.jspecify.annotations.NullMarked;
