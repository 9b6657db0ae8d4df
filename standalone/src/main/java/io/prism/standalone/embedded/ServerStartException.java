package io.prism.standalone.embedded;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import org.jspecify.annotations.Nullable;

/** A server that did not start; the message says which, why, and where its log is. */
public final class ServerStartException extends PrismException {
    private static final long serialVersionUID = 1L;

    ServerStartException(String server, String why, @Nullable Throwable cause) {
        super(ErrorCode.BACKEND_UNAVAILABLE, server + " did not start: " + why, cause);
        with("server", server);
    }
}
