/**
 * The format of a record in the log. In: a message's head. Out: record headers, and the same head
 * read back from them. Records of older versions stay readable; exemplars of each version are kept
 * in the tests. And which offsets are records at all.
 */
@NullMarked
package io.prism.core.record;

import org.jspecify.annotations.NullMarked;
