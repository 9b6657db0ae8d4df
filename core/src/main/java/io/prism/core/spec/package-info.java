/**
 * What a namespace declares. In: YAML text. Out: {@link io.prism.core.spec.NamespacePlan}s, or
 * every violation at once.
 *
 * <p>YAML text → {@code NamespaceDocuments.read} (hostile input refused, options checked,
 * requirements compiled) → {@code ParsedDocument}. The records of this package cannot exist
 * invalid; units are in the types.
 */
@NullMarked
package io.prism.core.spec;

import org.jspecify.annotations.NullMarked;
