package io.prism.core.claim;

import io.prism.core.spec.PatternSpec.Compression;
import java.util.UUID;

/**
 * A stored payload, as a record's headers carry it.
 *
 * @param id when the upload began, and the object's name
 * @param key the object's full key in the namespace's bucket
 * @param size bytes of the uncompressed payload
 * @param sha256 of the uncompressed payload, 64 lower-case hex digits
 * @param encoding how the object is encoded
 */
public record Claim(UUID id, String key, long size, String sha256, Compression encoding) {}
