package io.prism.standalone.e2e;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.v1.DataWrite;
import io.prism.v1.MessageWrite;
import io.prism.v1.TransactionBegin;
import io.prism.v1.TransactionCommit;
import io.prism.v1.TransactionOptions;
import io.prism.v1.TransactionRequest;
import io.prism.v1.TransactionResponse;
import io.prism.v1.TransactionRollback;
import io.prism.v1.TransactionWrite;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests of TransactService in few words, and a stream of them that waits for its answers. */
final class Transacting implements AutoCloseable {
    private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final ClientCallStreamObserver<TransactionRequest> requests;

    private static final Object END = new Object();

    private Transacting(TestClient client, String namespace) {
        @SuppressWarnings("unchecked")
        var observer =
                (ClientCallStreamObserver<TransactionRequest>)
                        client.asyncTransact(namespace)
                                .transaction(
                                        new ClientResponseObserver<
                                                TransactionRequest, TransactionResponse>() {
                                            @Override
                                            public void beforeStart(
                                                    ClientCallStreamObserver<TransactionRequest>
                                                            call) {}

                                            @Override
                                            public void onNext(TransactionResponse answer) {
                                                heard.add(answer);
                                            }

                                            @Override
                                            public void onError(Throwable failure) {
                                                heard.add(failure);
                                            }

                                            @Override
                                            public void onCompleted() {
                                                heard.add(END);
                                            }
                                        });
        this.requests = observer;
    }

    /** A stream without a first request. */
    static Transacting open(TestClient client, String namespace) {
        return new Transacting(client, namespace);
    }

    /** A transaction that has begun. */
    static Transacting begin(TestClient client, String namespace, TransactionOptions options) {
        Transacting stream = open(client, namespace);
        TransactionResponse answer =
                stream.ask(
                        TransactionRequest.newBuilder()
                                .setBegin(TransactionBegin.newBuilder().setOptions(options))
                                .build());
        if (!answer.hasBegun()) {
            throw new AssertionError(answer.toString());
        }
        return stream;
    }

    static Transacting begin(TestClient client, String namespace) {
        return begin(client, namespace, TransactionOptions.getDefaultInstance());
    }

    void send(TransactionRequest request) {
        requests.onNext(request);
    }

    TransactionResponse ask(TransactionRequest request) {
        send(request);
        return answer();
    }

    TransactionResponse write(@Nullable DataWrite data, @Nullable MessageWrite message) {
        return ask(request(data, message));
    }

    static TransactionRequest request(@Nullable DataWrite data, @Nullable MessageWrite message) {
        TransactionWrite.Builder write = TransactionWrite.newBuilder();
        if (data != null) {
            write.setData(data);
        }
        if (message != null) {
            write.setMessage(message);
        }
        return TransactionRequest.newBuilder().setWrite(write).build();
    }

    TransactionResponse commit() {
        return ask(
                TransactionRequest.newBuilder()
                        .setCommit(TransactionCommit.getDefaultInstance())
                        .build());
    }

    TransactionResponse rollback() {
        return ask(
                TransactionRequest.newBuilder()
                        .setRollback(TransactionRollback.getDefaultInstance())
                        .build());
    }

    /** The next answer; what the stream failed with is thrown. */
    TransactionResponse answer() {
        Object next = hear();
        if (next instanceof TransactionResponse answer) {
            return answer;
        }
        if (next instanceof StatusRuntimeException failure) {
            throw failure;
        }
        throw new AssertionError("the stream has ended");
    }

    /** Whether the stream ended without an error. */
    boolean ended() {
        return hear() == END;
    }

    private Object hear() {
        try {
            Object next = heard.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no answer");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void halfClose() {
        requests.onCompleted();
    }

    /** As a client that goes away. */
    @Override
    public void close() {
        requests.cancel("gone", Status.CANCELLED.asException());
    }

    /** Text means text, and JSON's other types themselves. */
    static Struct record(@Nullable Object... columnsAndValues) {
        Struct.Builder record = Struct.newBuilder();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            record.putFields(String.valueOf(columnsAndValues[i]), value(columnsAndValues[i + 1]));
        }
        return record.build();
    }

    static Value value(@Nullable Object value) {
        Value.Builder made = Value.newBuilder();
        switch (value) {
            case null -> made.setNullValueValue(0);
            case Value given -> made.mergeFrom(given);
            case Number number -> made.setNumberValue(number.doubleValue());
            case Boolean flag -> made.setBoolValue(flag);
            default -> made.setStringValue(value.toString());
        }
        return made.build();
    }

    static DataWrite insert(String table, @Nullable Object... columnsAndValues) {
        return data(WriteMode.WRITE_MODE_INSERT, table, columnsAndValues);
    }

    static DataWrite data(WriteMode mode, String table, @Nullable Object... columnsAndValues) {
        return DataWrite.newBuilder()
                .setTable(table)
                .setMode(mode)
                .setRecord(record(columnsAndValues))
                .build();
    }

    static MessageWrite message(String topic, String text) {
        return MessageWrite.newBuilder()
                .setTopic(topic)
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }

    static WriteRequest both(DataWrite data, MessageWrite message) {
        return WriteRequest.newBuilder().setData(data).setMessage(message).build();
    }

    static WriteRequest only(DataWrite data) {
        return WriteRequest.newBuilder().setData(data).build();
    }
}
