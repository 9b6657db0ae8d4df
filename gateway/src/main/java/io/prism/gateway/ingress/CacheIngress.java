package io.prism.gateway.ingress;

import io.grpc.stub.StreamObserver;
import io.prism.core.spec.ClientApi;
import io.prism.gateway.cache.CacheValues;
import io.prism.gateway.cache.KeyValues;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.v1.CacheGetRequest;
import io.prism.v1.CacheGetResponse;
import io.prism.v1.CacheServiceGrpc;
import io.prism.v1.DeleteRequest;
import io.prism.v1.DeleteResponse;
import io.prism.v1.ExistsRequest;
import io.prism.v1.ExistsResponse;
import io.prism.v1.GetMultiRequest;
import io.prism.v1.GetMultiResponse;
import io.prism.v1.IncrementRequest;
import io.prism.v1.IncrementResponse;
import io.prism.v1.SetRequest;
import io.prism.v1.SetResponse;

/** CacheService. */
final class CacheIngress extends CacheServiceGrpc.CacheServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final CacheValues values;

    CacheIngress(NamespaceRegistry namespaces, CacheValues values) {
        this.namespaces = namespaces;
        this.values = values;
    }

    private KeyValues here() {
        return values.of(CallContext.namespace(namespaces, ClientApi.CACHE).plan().spec());
    }

    @Override
    public void get(CacheGetRequest request, StreamObserver<CacheGetResponse> observer) {
        PubSubIngress.unary(observer, () -> here().get(request));
    }

    @Override
    public void set(SetRequest request, StreamObserver<SetResponse> observer) {
        PubSubIngress.unary(observer, () -> here().set(request));
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        PubSubIngress.unary(observer, () -> here().delete(request));
    }

    @Override
    public void getMulti(GetMultiRequest request, StreamObserver<GetMultiResponse> observer) {
        PubSubIngress.unary(observer, () -> here().getMulti(request));
    }

    @Override
    public void exists(ExistsRequest request, StreamObserver<ExistsResponse> observer) {
        PubSubIngress.unary(observer, () -> here().exists(request));
    }

    @Override
    public void increment(IncrementRequest request, StreamObserver<IncrementResponse> observer) {
        PubSubIngress.unary(observer, () -> here().increment(request));
    }
}
