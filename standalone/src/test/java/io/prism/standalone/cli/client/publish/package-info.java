@NullMarked
package io.prism.standalone.cli.client.publish;

import org.jspecify.annotations.NullMarked;
