package io.prism.bench;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.CreateNamespaceResponse;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.DeleteNamespaceResponse;
import io.prism.v1.Event;
import io.prism.v1.FetchRequest;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.ListNamespacesResponse;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PayloadServiceGrpc;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gRPC server on loopback that speaks Prism's contract and keeps everything in memory. What it
 * stores can also be written elsewhere, and what it answers can be bent.
 */
public final class FakePrism implements AutoCloseable {
    private static final Context.Key<String> NAMESPACE = Context.key("namespace");
    private static final Pattern NAME = Pattern.compile("- name: (\\S+)");
    private static final int INLINE = 1_000_000;

    /** Sees every message before it is answered; may block, and refuses by throwing. */
    @FunctionalInterface
    public interface Store {
        void store(String topic, PublishRequest message);
    }

    private final Store store;
    private final Server server;
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final List<String> deleted = new ArrayList<>();
    private final Map<String, Topic> topics = new ConcurrentHashMap<>();

    /** Starts on a free port. */
    public FakePrism(Store store) throws IOException {
        this.store = store;
        this.server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .maxInboundMessageSize(64 << 20)
                        .intercept(new NamespaceOfCall())
                        .addService(new PubSub())
                        .addService(new FakeQueue(this::accept, NAMESPACE::get))
                        .addService(new Payloads())
                        .addService(new Admin())
                        .build()
                        .start();
    }

    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Everything published to that topic so far. */
    public long stored(String namespace, String topic) {
        return topic(namespace + "." + topic).size();
    }

    /** Namespaces that exist. */
    public Set<String> namespaces() {
        return Set.copyOf(namespaces);
    }

    /** Namespaces that were deleted with their data. */
    public synchronized List<String> deleted() {
        return List.copyOf(deleted);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private Topic topic(String name) {
        return topics.computeIfAbsent(name, _ -> new Topic());
    }

    private PublishResponse accept(PublishRequest request) {
        String name = NAMESPACE.get() + "." + request.getTopic();
        store.store(name, request);
        topic(name).add(request);
        return PublishResponse.newBuilder().setSuccess(true).setMessageId("m").build();
    }

    private static final class Topic {
        private final List<Event> events = new ArrayList<>();
        private final List<ServerCallStreamObserver<Event>> subscribers = new ArrayList<>();
        private Optional<ByteString> large = Optional.empty();

        synchronized long size() {
            return events.size();
        }

        synchronized void add(PublishRequest request) {
            Event.Builder event = Event.newBuilder().setPayloadSize(request.getPayload().size());
            if (request.getPayload().size() > INLINE) {
                large = Optional.of(request.getPayload());
                event.setPayloadRef(NAMESPACE.get() + "." + request.getTopic());
            } else {
                event.setPayload(request.getPayload());
            }
            events.add(event.build());
            subscribers.removeIf(ServerCallStreamObserver::isCancelled);
            subscribers.forEach(it -> it.onNext(event.build()));
        }

        synchronized void subscribe(ServerCallStreamObserver<Event> subscriber) {
            events.forEach(subscriber::onNext);
            subscribers.add(subscriber);
        }

        synchronized ByteString large() {
            return large.orElseThrow();
        }
    }

    private static final class NamespaceOfCall implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            String namespace =
                    headers.get(
                            Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER));
            return Contexts.interceptCall(
                    Context.current().withValue(NAMESPACE, namespace), call, headers, next);
        }
    }

    private final class PubSub extends PubSubServiceGrpc.PubSubServiceImplBase {
        @Override
        public void publish(PublishRequest request, StreamObserver<PublishResponse> answers) {
            try {
                answers.onNext(accept(request));
                answers.onCompleted();
            } catch (RuntimeException e) {
                answers.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asException());
            }
        }

        @Override
        public StreamObserver<PublishRequest> publishStream(
                StreamObserver<PublishResponse> answers) {
            return new Forwarding<>(answers) {
                @Override
                public void onNext(PublishRequest request) {
                    PublishResponse.Builder refused = PublishResponse.newBuilder();
                    try {
                        answers.onNext(accept(request));
                    } catch (IllegalArgumentException e) {
                        refused.getErrorBuilder().setCode(3).setMessage(e.getMessage());
                        answers.onNext(refused.build());
                    } catch (RuntimeException e) {
                        answers.onError(Status.UNAVAILABLE.asException());
                    }
                }
            };
        }

        @Override
        public StreamObserver<PublishChunk> publishChunked(
                StreamObserver<PublishResponse> answers) {
            return new Forwarding<>(answers) {
                private final PublishRequest.Builder message = PublishRequest.newBuilder();
                private final List<ByteString> chunks = new ArrayList<>();

                @Override
                public void onNext(PublishChunk chunk) {
                    if (chunk.hasHeader()) {
                        message.mergeFrom(chunk.getHeader());
                    } else {
                        chunks.add(chunk.getData());
                    }
                }

                @Override
                public void onCompleted() {
                    answers.onNext(accept(message.setPayload(ByteString.copyFrom(chunks)).build()));
                    answers.onCompleted();
                }
            };
        }

        @Override
        public void subscribe(SubscribeRequest request, StreamObserver<Event> events) {
            var call = (ServerCallStreamObserver<Event>) events;
            topic(NAMESPACE.get() + "." + request.getTopic()).subscribe(call);
        }
    }

    private abstract static class Forwarding<T> implements StreamObserver<T> {
        private final StreamObserver<PublishResponse> answers;

        Forwarding(StreamObserver<PublishResponse> answers) {
            this.answers = answers;
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    private final class Payloads extends PayloadServiceGrpc.PayloadServiceImplBase {
        @Override
        public void fetch(FetchRequest request, StreamObserver<PayloadChunk> chunks) {
            ByteString payload = topic(request.getPayloadRef()).large();
            int step = 300_000;
            for (int at = 0; at < payload.size(); at += step) {
                chunks.onNext(
                        PayloadChunk.newBuilder()
                                .setOffset(at)
                                .setData(payload.substring(at, Math.min(payload.size(), at + step)))
                                .build());
            }
            chunks.onCompleted();
        }
    }

    private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void createNamespace(
                CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> answers) {
            Matcher name = NAME.matcher(request.getDocument());
            while (name.find()) {
                namespaces.add(name.group(1));
            }
            answers.onNext(CreateNamespaceResponse.getDefaultInstance());
            answers.onCompleted();
        }

        @Override
        public void deleteNamespace(
                DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> answers) {
            if (request.getDeleteData() && namespaces.remove(request.getName())) {
                synchronized (FakePrism.this) {
                    deleted.add(request.getName());
                }
                topics.keySet().removeIf(it -> it.startsWith(request.getName() + "."));
            }
            answers.onNext(DeleteNamespaceResponse.getDefaultInstance());
            answers.onCompleted();
        }

        @Override
        public void listNamespaces(
                ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> answers) {
            answers.onNext(ListNamespacesResponse.getDefaultInstance());
            answers.onCompleted();
        }
    }
}
