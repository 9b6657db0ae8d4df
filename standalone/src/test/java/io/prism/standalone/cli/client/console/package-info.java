@NullMarked
package io.prism.standalone.cli.client.console;

import org.jspecify.annotations.NullMarked;
