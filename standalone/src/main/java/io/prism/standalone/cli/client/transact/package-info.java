/**
 * Rows on the command line. In: JSON and columns as text. Out: records as calls have them, and
 * back.
 */
@NullMarked
package io.prism.standalone.cli.client.transact;

import org.jspecify.annotations.NullMarked;
