@NullMarked
package io.prism.topologies.outboxrelay;

import org.jspecify.annotations.NullMarked;
