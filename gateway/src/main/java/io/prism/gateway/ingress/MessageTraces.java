package io.prism.gateway.ingress;

import io.prism.core.record.RecordFormat;
import io.prism.core.trace.Trace;
import io.prism.core.trace.Traces;
import io.prism.v1.PublishRequest;

/**
 * The spans of a stream's messages.
 *
 * @param call the stream's own
 */
record MessageTraces(Traces traces, Trace call) {
    /** Of a message that has come; to be ended when it is durable. */
    Trace of(PublishRequest request) {
        if (!traces.on()) {
            return call;
        }
        return traces.message(
                call, "publish", request.getMetadataMap().get(RecordFormat.TRACEPARENT));
    }
}
