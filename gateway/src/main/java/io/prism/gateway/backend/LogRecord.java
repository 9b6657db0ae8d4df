package io.prism.gateway.backend;

import com.google.protobuf.ByteString;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record to append.
 *
 * @param partition where it must go, or null to let the key, or else the backend, decide
 */
public record LogRecord(
        String topic,
        @Nullable Integer partition,
        byte @Nullable [] key,
        ByteString value,
        Headers headers) {}
