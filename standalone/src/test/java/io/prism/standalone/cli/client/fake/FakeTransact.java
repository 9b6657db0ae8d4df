package io.prism.standalone.cli.client.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.MailboxMessage;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactServiceGrpc.TransactServiceImplBase;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes every write, and has two messages in every mailbox. */
public final class FakeTransact extends TransactServiceImplBase {
    /** In order. */
    public final List<WriteRequest> writes = new CopyOnWriteArrayList<>();

    /** In order. */
    public final List<ProcessMailboxRequest> processed = new CopyOnWriteArrayList<>();

    /** The last one. */
    public volatile ReadMailboxRequest readAsked = ReadMailboxRequest.getDefaultInstance();

    FakeTransact() {}

    @Override
    public void write(WriteRequest request, StreamObserver<WriteResponse> out) {
        if (request.getData().getTable().equals("unknown")) {
            out.onError(
                    FakeErrors.ofField(
                            ErrorCode.TABLE_UNKNOWN,
                            "TABLE_UNKNOWN: table `unknown` is not declared",
                            "data.table",
                            "table `unknown` is not declared"));
            return;
        }
        writes.add(request);
        out.onNext(
                WriteResponse.newBuilder()
                        .setKey(request.getData().getRecord())
                        .setMessageId(request.hasMessage() ? "m-1" : "")
                        .setCommittedAt(Timestamp.newBuilder().setSeconds(1_769_846_400))
                        .setPosition("pg:0/1")
                        .setReplayed(writes.size() > 1)
                        .build());
        out.onCompleted();
    }

    private static MailboxMessage message(String text, String cursor) {
        return MailboxMessage.newBuilder()
                .setMessageId("id-" + text)
                .setTopic("t")
                .setEventType("placed")
                .setPayload(ByteString.copyFromUtf8(text))
                .setPayloadSize(text.length())
                .setCursor(cursor)
                .build();
    }

    private static final List<MailboxMessage> MESSAGES =
            List.of(message("first", "c-1"), message("second", "c-2"));

    @Override
    public void readMailbox(ReadMailboxRequest request, StreamObserver<ReadMailboxResponse> out) {
        readAsked = request;
        out.onNext(
                ReadMailboxResponse.newBuilder()
                        .addAllMessages(MESSAGES)
                        .setCursor("c-2")
                        .setMore(true)
                        .build());
        out.onCompleted();
    }

    @Override
    public void processMailbox(
            ProcessMailboxRequest request, StreamObserver<ProcessMailboxResponse> out) {
        processed.add(request);
        out.onNext(
                ProcessMailboxResponse.newBuilder()
                        .addAllMessages(request.getProcessed().isEmpty() ? MESSAGES : List.of())
                        .setPosition("c-0")
                        .build());
        out.onCompleted();
    }
}
