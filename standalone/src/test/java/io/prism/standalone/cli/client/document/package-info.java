@NullMarked
package io.prism.standalone.cli.client.document;

import org.jspecify.annotations.NullMarked;
