@NullMarked
package io.prism.standalone.cli.client.server;

import org.jspecify.annotations.NullMarked;
