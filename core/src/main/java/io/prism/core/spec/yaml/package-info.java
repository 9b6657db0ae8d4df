/**
 * YAML text ↔ a tree that knows its places. {@link io.prism.core.spec.yaml.YamlReader} refuses what
 * a namespace document has no use for (aliases, tags, several documents) and what would cost more
 * than it is worth (size, depth); it never throws for what a text says.
 */
@NullMarked
package io.prism.core.spec.yaml;

import org.jspecify.annotations.NullMarked;
