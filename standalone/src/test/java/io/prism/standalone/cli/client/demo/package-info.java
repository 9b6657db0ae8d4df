@NullMarked
package io.prism.standalone.cli.client.demo;

import org.jspecify.annotations.NullMarked;
