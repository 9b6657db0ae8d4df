@NullMarked
package io.prism.standalone.cli.client.payload;

import org.jspecify.annotations.NullMarked;
