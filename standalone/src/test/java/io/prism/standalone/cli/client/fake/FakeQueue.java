package io.prism.standalone.cli.client.fake;

import com.google.protobuf.Timestamp;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import io.prism.v1.Message;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.QueueAcknowledgeFailure;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc.QueueServiceImplBase;
import io.prism.v1.QueueSubscribeRequest;
import io.prism.v1.RedriveProgress;
import io.prism.v1.RedriveRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Queues in memory: every stream is given every message as its second delivery. */
public final class FakeQueue extends QueueServiceImplBase {
    private final FakeLog log;
    private final FakePubSub publishing;

    /** What the last calls asked for. */
    public volatile QueueSubscribeRequest subscribeAsked =
            QueueSubscribeRequest.getDefaultInstance();

    public volatile RedriveRequest redriveAsked = RedriveRequest.getDefaultInstance();

    /** Every acknowledgement, in order. */
    public final List<QueueAcknowledgeRequest> acknowledged = new CopyOnWriteArrayList<>();

    FakeQueue(FakeLog log, FakePubSub publishing) {
        this.log = log;
        this.publishing = publishing;
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> out) {
        publishing.publish(request, out);
    }

    @Override
    public StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> out) {
        return publishing.publishStream(out);
    }

    @Override
    public StreamObserver<PublishChunk> publishChunked(StreamObserver<PublishResponse> out) {
        return publishing.publishChunked(out);
    }

    @Override
    public void subscribe(QueueSubscribeRequest request, StreamObserver<Message> out) {
        subscribeAsked = request;
        try {
            for (int index = 0; !Context.current().isCancelled(); ) {
                Optional<FakeLog.Stored> next = log.at(index, 20);
                if (next.isPresent()) {
                    index++;
                    out.onNext(message(next.get()));
                }
            }
        } catch (StatusRuntimeException e) {
            out.onError(e);
        } catch (InterruptedException e) {
            out.onError(Status.CANCELLED.asException());
        }
    }

    private static Message message(FakeLog.Stored stored) {
        return Message.newBuilder()
                .setMessageId(stored.id() + "@gw.1")
                .setPublishedId(stored.id())
                .setTopic(stored.request().getTopic())
                .putAllMetadata(stored.request().getMetadataMap())
                .setKey(stored.request().getKey())
                .setPartition(stored.partition())
                .setOffset(stored.offset())
                .setDeliveryCount(2)
                .setPayload(stored.payload())
                .setPayloadSize(stored.payload().size())
                .setLeaseUntil(Timestamp.newBuilder().setSeconds(1_800_000_000L))
                .build();
    }

    /** Ids that say "lost" and "broken" fail. */
    @Override
    public void acknowledge(
            QueueAcknowledgeRequest request, StreamObserver<QueueAcknowledgeResponse> out) {
        acknowledged.add(request);
        QueueAcknowledgeResponse.Builder response = QueueAcknowledgeResponse.newBuilder();
        for (String id : request.getMessageIdsList()) {
            switch (id) {
                case "lost" -> response.addFailures(failure(id, ErrorCode.LEASE_LOST));
                case "broken" -> response.addFailures(failure(id, ErrorCode.MESSAGE_ID_INVALID));
                default -> response.setAcknowledged(response.getAcknowledged() + 1);
            }
        }
        out.onNext(response.build());
        out.onCompleted();
    }

    private static QueueAcknowledgeFailure failure(String id, ErrorCode code) {
        return QueueAcknowledgeFailure.newBuilder()
                .setMessageId(id)
                .setCode(code.name())
                .setMessage("not this one")
                .build();
    }

    /** Three dead letters, one of them redriven too often. */
    @Override
    public void redrive(RedriveRequest request, StreamObserver<RedriveProgress> out) {
        redriveAsked = request;
        if (request.getDryRun()) {
            out.onNext(progress(0, 0, 3, true));
        } else {
            out.onNext(progress(1, 0, 2, false));
            if (request.getTopic().equals("breaks")) {
                out.onError(FakeErrors.of(ErrorCode.BACKEND_UNAVAILABLE, "Kafka is away"));
                return;
            }
            out.onNext(progress(2, 1, 0, true));
        }
        out.onCompleted();
    }

    private static RedriveProgress progress(
            long redriven, long skipped, long remaining, boolean done) {
        return RedriveProgress.newBuilder()
                .setRedriven(redriven)
                .setSkipped(skipped)
                .setRemaining(remaining)
                .setDone(done)
                .build();
    }

    @Override
    public void getTopicInfo(
            GetTopicInfoRequest request, StreamObserver<GetTopicInfoResponse> out) {
        out.onNext(
                GetTopicInfoResponse.newBuilder()
                        .setTopic(request.getTopic())
                        .setGroup(request.getGroup().isEmpty() ? "default" : request.getGroup())
                        .setPartitions(4)
                        .setDepth(12)
                        .setInFlight(3)
                        .setDeadLetters(1)
                        .setConsumers(2)
                        .setStored(4_000)
                        .build());
        out.onCompleted();
    }
}
