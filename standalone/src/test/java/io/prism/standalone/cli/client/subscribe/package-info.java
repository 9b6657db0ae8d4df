@NullMarked
package io.prism.standalone.cli.client.subscribe;

import org.jspecify.annotations.NullMarked;
