/**
 * Claims for programs that speak Kafka themselves. In: a record's headers and value as the topic
 * holds them. Out: the payload, wherever it is kept.
 *
 * <p>{@link io.prism.core.serde.ClaimStorage} (where a namespace's claims are, from configuration)
 * → {@link io.prism.core.serde.ClaimResolver} (headers → payload) → {@link
 * io.prism.core.serde.ClaimCheckDeserializer} (a consumer's {@code value.deserializer}).
 */
@NullMarked
package io.prism.core.serde;

import org.jspecify.annotations.NullMarked;
