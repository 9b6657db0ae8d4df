/**
 * Everything in one JVM: embedded servers and a gateway over one data folder. {@link
 * io.prism.standalone.PrismStandalone} is the composition root of {@code prism up}.
 */
@NullMarked
package io.prism.standalone;

import org.jspecify.annotations.NullMarked;
