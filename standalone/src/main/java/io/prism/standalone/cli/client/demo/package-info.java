/**
 * The demo: stories about a running Prism that check themselves. In: a connection, and the
 * addresses of the servers behind it. Out: a narration, and whether every claim in it held.
 *
 * <p>A {@code Chapter} tells one pattern's story on a {@code Stage}, which holds what it may touch
 * and tidies up afterwards. Adding a chapter is one class and one line in {@code Chapters}.
 */
@NullMarked
package io.prism.standalone.cli.client.demo;

import org.jspecify.annotations.NullMarked;
