package io.prism.standalone.e2e;

import io.prism.v1.SubscribeRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Knows when the response headers of a Subscribe have come: its position is fixed from then on. */
final class HeadersWaiter {
    private final CountDownLatch headers = new CountDownLatch(1);

    Subscriber subscribe(TestClient client, String namespace, SubscribeRequest request) {
        return new Subscriber(client.onHeaders(headers::countDown), namespace, request, 100);
    }

    void await() {
        try {
            if (!headers.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("no headers came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
