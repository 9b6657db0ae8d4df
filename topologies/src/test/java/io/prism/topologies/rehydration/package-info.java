@NullMarked
package io.prism.topologies.rehydration;

import org.jspecify.annotations.NullMarked;
