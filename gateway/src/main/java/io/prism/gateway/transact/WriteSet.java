package io.prism.gateway.transact;

import com.google.protobuf.Struct;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.pattern.Receipt;
import io.prism.gateway.transact.table.RowWriter;
import io.prism.v1.TransactionWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one transaction writes. Each write is prepared and then applied; in the end all are
 * committed, or have failed. Used by one thread.
 */
final class WriteSet {
    private final TransactSpace space;
    private final RowWriter rows;
    private final List<MessagePart> messages = new ArrayList<>();
    private final List<CommittedRows.Row> written = new ArrayList<>();

    /** A write that has what it needs. */
    record Prepared(TransactionWrite write, Optional<MessagePart> message) {}

    /** What became of a write, once the transaction is committed. */
    record Applied(Struct key, boolean updated, String messageId, String position) {}

    WriteSet(TransactSpace space, RowWriter rows) {
        this.space = space;
        this.rows = rows;
    }

    /** Stores a message's payload, where that is stored elsewhere; blocks. */
    Prepared prepare(TransactionWrite write, Bounds bounds) {
        if (!write.hasData() && !write.hasMessage()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "data",
                    "the request holds neither data nor a message: give at least one");
        }
        if (write.hasData()) {
            var unused = RowWriter.declared(space.tables(), write.getData().getTable());
        }
        if (!write.hasMessage()) {
            return new Prepared(write, Optional.empty());
        }
        MessagePart part = MessagePart.prepare(space, write.getMessage(), bounds);
        messages.add(part);
        return new Prepared(
                write.toBuilder().clearMessage().build(),
                Optional.of(part)); // not to hold it twice
    }

    /** Writes the row, then the message. */
    Applied apply(Session session, Prepared prepared) {
        Struct key = Struct.getDefaultInstance();
        boolean updated = false;
        String messageId = "";
        String position = "";
        if (prepared.write().hasData()) {
            RowWriter.Written row =
                    session.run(
                            "writing a row",
                            connection ->
                                    rows.write(
                                            connection,
                                            space.database(),
                                            space.tables(),
                                            prepared.write().getData()));
            key = row.key();
            written.add(
                    new CommittedRows.Row(
                            RowWriter.declared(
                                            space.tables(), prepared.write().getData().getTable())
                                    .toString(),
                            key,
                            row.primaryKey()));
            updated = row.updated();
            position = row.position();
        }
        if (prepared.message().isPresent()) {
            Receipt receipt = session.run("inserting a message", prepared.message().get()::join);
            messageId = receipt.messageId();
            position = receipt.place() instanceof Receipt.InDatabase(String end) ? end : position;
        }
        return new Applied(key, updated, messageId, position);
    }

    void committed() {
        if (!written.isEmpty()) {
            space.committed().committed(space.database(), written);
        }
        messages.forEach(MessagePart::committed);
    }

    /** Lets go of what was stored; nothing happens to what was committed. */
    void failed(Throwable why) {
        messages.forEach(message -> message.failed(why));
    }
}
