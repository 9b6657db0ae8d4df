@NullMarked
package io.prism.standalone.cli.client;

import org.jspecify.annotations.NullMarked;
