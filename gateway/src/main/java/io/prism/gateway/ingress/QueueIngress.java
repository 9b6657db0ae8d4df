package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.spec.ClientApi;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.queue.QueueInfo;
import io.prism.gateway.queue.Queues;
import io.prism.gateway.queue.Redrive;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import io.prism.v1.Message;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.QueueSubscribeRequest;
import io.prism.v1.RedriveProgress;
import io.prism.v1.RedriveRequest;
import java.util.concurrent.Executor;

/** QueueService. */
final class QueueIngress extends QueueServiceGrpc.QueueServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final Queues queues;
    private final PublishCalls publishing;
    private final AcknowledgeCalls acknowledging;
    private final Executor blocking;

    QueueIngress(
            NamespaceRegistry namespaces,
            Queues queues,
            PublishCalls publishing,
            AcknowledgeCalls acknowledging,
            Executor blocking) {
        this.namespaces = namespaces;
        this.queues = queues;
        this.publishing = publishing;
        this.acknowledging = acknowledging;
        this.blocking = blocking;
    }

    private ServedNamespace namespace() {
        return CallContext.namespace(namespaces, ClientApi.QUEUE);
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
        publishing.publish(request, observer);
    }

    @Override
    public StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> observer) {
        return publishing.publishStream(observer);
    }

    @Override
    public StreamObserver<PublishChunk> publishChunked(StreamObserver<PublishResponse> observer) {
        return publishing.publishChunked(observer);
    }

    @Override
    public void subscribe(QueueSubscribeRequest request, StreamObserver<Message> observer) {
        try {
            QueueSubscribeCall call =
                    new QueueSubscribeCall((ServerCallStreamObserver<Message>) observer);
            call.opened(queues.open(namespace(), request, call));
        } catch (RuntimeException e) {
            observer.onError(Errors.toGrpc(e));
        }
    }

    @Override
    public void acknowledge(
            QueueAcknowledgeRequest request, StreamObserver<QueueAcknowledgeResponse> observer) {
        PubSubIngress.unary(observer, () -> acknowledging.acknowledge(namespace(), request));
    }

    @Override
    public void redrive(RedriveRequest request, StreamObserver<RedriveProgress> observer) {
        ServerCallStreamObserver<RedriveProgress> call =
                (ServerCallStreamObserver<RedriveProgress>) observer;
        call.setOnCancelHandler(() -> {});
        Redrive redrive;
        try {
            redrive =
                    queues.redrive(
                            namespace(),
                            request.getTopic(),
                            new Redrive.Rules(
                                    request.getDryRun(),
                                    request.getRate(),
                                    request.getMaxMessages(),
                                    request.getMaxRedrives()));
        } catch (RuntimeException e) {
            call.onError(Errors.toGrpc(e));
            return;
        }
        // On a thread of its own: the call's own must stay free to hear that the client is gone.
        blocking.execute(
                () -> {
                    try {
                        redrive.run(progress -> call.onNext(progress(progress)), call::isCancelled);
                        call.onCompleted();
                    } catch (RuntimeException e) {
                        call.onError(Errors.toGrpc(e));
                    }
                });
    }

    private static RedriveProgress progress(Redrive.Progress progress) {
        return RedriveProgress.newBuilder()
                .setRedriven(progress.redriven())
                .setSkipped(progress.skipped())
                .setRemaining(progress.remaining())
                .setDone(progress.done())
                .build();
    }

    @Override
    public void getTopicInfo(
            GetTopicInfoRequest request, StreamObserver<GetTopicInfoResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    QueueInfo info =
                            queues.info(namespace(), request.getTopic(), request.getGroup());
                    return GetTopicInfoResponse.newBuilder()
                            .setTopic(request.getTopic())
                            .setGroup(info.group())
                            .setPartitions(info.partitions())
                            .setDepth(info.depth())
                            .setInFlight(info.inFlight())
                            .setDeadLetters(info.deadLetters())
                            .setConsumers(info.consumers())
                            .setStored(info.stored())
                            .build();
                });
    }
}
