@NullMarked
package io.prism.bench.report;

import org.jspecify.annotations.NullMarked;
