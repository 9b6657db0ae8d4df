package io.prism.gateway.transact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.UnsafeByteOperations;
import io.prism.core.claim.Claim;
import io.prism.core.claim.PayloadRef;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Compression;
import io.prism.gateway.transact.WriteSet.Prepared;
import io.prism.gateway.transact.table.MailboxPositions;
import io.prism.gateway.transact.table.MailboxPositions.Reader;
import io.prism.gateway.transact.table.MailboxTable;
import io.prism.gateway.transact.table.MailboxTable.Row;
import io.prism.gateway.transact.table.MailboxTable.RowClaim;
import io.prism.gateway.transact.table.MailboxTable.Rows;
import io.prism.gateway.transact.table.Place;
import io.prism.gateway.transact.table.RowWriter;
import io.prism.gateway.transact.table.TransactSchema;
import io.prism.v1.IsolationLevel;
import io.prism.v1.MailboxMessage;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactionWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mailboxes, read from a cursor or from a consumer's position. Thread-safe; blocks. */
final class Mailboxes {
    private static final Logger log = LoggerFactory.getLogger(Mailboxes.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_WRITES = 1_000;
    private static final int LONGEST_CONSUMER = 256;

    private final Sessions sessions;
    private final RowWriter rows;
    private final Predicate<NamespaceSpec> alone;
    private final long bytes;

    /**
     * @param alone whether a namespace is the only one with its outbox table: it then has the rows
     *     that name no namespace
     * @param bytes of payload in one answer
     */
    Mailboxes(Sessions sessions, RowWriter rows, Predicate<NamespaceSpec> alone, long bytes) {
        this.sessions = sessions;
        this.rows = rows;
        this.alone = alone;
        this.bytes = bytes;
    }

    ReadMailboxResponse read(TransactSpace space, ReadMailboxRequest request, Bounds bounds) {
        Place after = Place.parse(request.getCursor(), "cursor");
        MailboxTable.Request what = what(space, request.getTopic(), after, request.getLimit());
        try (Session session = open(space, bounds)) {
            Rows found =
                    session.run(
                            "reading a mailbox", connection -> MailboxTable.read(connection, what));
            ReadMailboxResponse.Builder response =
                    ReadMailboxResponse.newBuilder()
                            .setCursor(request.getCursor())
                            .setMore(found.more());
            found.rows().forEach(row -> response.addMessages(message(row)));
            if (!found.rows().isEmpty()) {
                response.setCursor(found.rows().getLast().place().text());
            }
            return response.build();
        }
    }

    ProcessMailboxResponse process(
            TransactSpace space, ProcessMailboxRequest request, Bounds bounds) {
        Reader reader = reader(space, request);
        MailboxTable.Request what =
                what(space, request.getTopic(), Place.START, request.getLimit());
        if (request.getProcessed().isEmpty()) {
            if (request.getWritesCount() > 0) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        "processed",
                        "there are writes and nothing that is processed: give the cursor of the"
                                + " last message they come of, or use Write");
            }
        } else {
            move(space, request, reader, bounds);
        }
        try (Session session = open(space, bounds)) {
            Place position =
                    session.run(
                            "looking for a position",
                            connection -> MailboxPositions.find(connection, reader));
            Rows found =
                    session.run(
                            "reading a mailbox",
                            connection -> MailboxTable.read(connection, what.from(position)));
            ProcessMailboxResponse.Builder response =
                    ProcessMailboxResponse.newBuilder()
                            .setPosition(position.text())
                            .setMore(found.more());
            found.rows().forEach(row -> response.addMessages(message(row)));
            return response.build();
        }
    }

    private void move(
            TransactSpace space, ProcessMailboxRequest request, Reader reader, Bounds bounds) {
        Place from = Place.parse(request.getPosition(), "position");
        Place to = Place.parse(request.getProcessed(), "processed");
        if (to.compareTo(from) <= 0) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "processed",
                    "processed is not behind position: give the position as it was answered, and"
                            + " the cursor of one of the messages answered with it");
        }
        WriteSet set = new WriteSet(space, rows);
        try {
            List<Prepared> prepared = new ArrayList<>();
            for (TransactionWrite write : request.getWritesList()) {
                prepared.add(set.prepare(write, bounds));
            }
            try (Session session =
                    sessions.open(space.database(), request.getOptions().getIsolation(), bounds)) {
                boolean moved =
                        session.run(
                                "moving a position",
                                connection -> MailboxPositions.move(connection, reader, from, to));
                if (!moved) {
                    throw moved(reader);
                }
                prepared.forEach(write -> set.apply(session, write));
                session.commit();
            }
            set.committed();
        } catch (RuntimeException e) {
            set.failed(e);
            throw e;
        }
    }

    private static PrismException moved(Reader reader) {
        return new PrismException(
                        ErrorCode.MAILBOX_MOVED,
                        "consumer "
                                + reader.consumer()
                                + " of mailbox "
                                + reader.topic()
                                + " is not at that position any more: these messages were processed"
                                + " by another call; nothing was written. Ask again without"
                                + " processed")
                .with("topic", reader.topic())
                .with("consumer", reader.consumer());
    }

    private Session open(TransactSpace space, Bounds bounds) {
        return sessions.open(
                space.database(), IsolationLevel.ISOLATION_LEVEL_READ_COMMITTED, bounds);
    }

    private static Reader reader(TransactSpace space, ProcessMailboxRequest request) {
        String consumer = request.getConsumer();
        if (consumer.isBlank() || consumer.length() > LONGEST_CONSUMER) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "consumer",
                    "a consumer has a name of 1 to " + LONGEST_CONSUMER + " characters");
        }
        if (request.getWritesCount() > MAX_WRITES) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "writes", "there are at most " + MAX_WRITES);
        }
        if (!request.getOptions().getIdempotencyKey().isEmpty()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "options.idempotency_key",
                    "processing a mailbox takes no idempotency_key: its position is one");
        }
        return new Reader(space.name(), request.getTopic(), consumer);
    }

    private MailboxTable.Request what(TransactSpace space, String topic, Place after, int limit) {
        NamespaceSpec spec = space.namespace().plan().spec();
        OutboxTable table =
                TransactSchema.outbox(spec)
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                        ErrorCode.PATTERN_NOT_AVAILABLE,
                                                        "namespace "
                                                                + space.name()
                                                                + " has no mailbox: add the outbox"
                                                                + " pattern, with a table")
                                                .with("namespace", space.name()));
        var unused = space.namespace().topics().kafkaTopic(topic);
        if (limit < 0 || limit > MAX_LIMIT) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "limit", "limit is 1 to " + MAX_LIMIT);
        }
        return new MailboxTable.Request(
                table,
                space.name(),
                alone.test(spec),
                topic,
                after,
                limit == 0 ? DEFAULT_LIMIT : limit,
                bytes);
    }

    private static MailboxMessage message(Row row) {
        MailboxMessage.Builder message =
                MailboxMessage.newBuilder()
                        .setMessageId(row.id())
                        .setTopic(row.topic())
                        .setPayload(UnsafeByteOperations.unsafeWrap(row.payload()))
                        .setPayloadSize(row.payload().length)
                        .putAllMetadata(metadata(row.headers()))
                        .setCursor(row.place().text());
        Optional.ofNullable(row.key()).ifPresent(message::setKey);
        Optional.ofNullable(row.eventType()).ifPresent(message::setEventType);
        Optional.ofNullable(row.createdAt())
                .map(Writes::timestamp)
                .ifPresent(message::setCreatedAt);
        Optional.ofNullable(row.publishedAt())
                .map(Writes::timestamp)
                .ifPresent(message::setPublishedAt);
        RowClaim claim = row.claim();
        if (claim != null) {
            message.setPayloadSize(claim.size());
            reference(row, claim).ifPresent(message::setPayloadRef);
        }
        return message.build();
    }

    /** Empty of an application's own row that says nonsense; the relay sets it aside. */
    private static Optional<String> reference(Row row, RowClaim claim) {
        try {
            return Optional.of(
                    PayloadRef.encode(
                            new Claim(
                                    UUID.fromString(claim.id()),
                                    String.valueOf(claim.key()),
                                    claim.size(),
                                    String.valueOf(claim.sha256()),
                                    Compression.valueOf(
                                            String.valueOf(claim.encoding())
                                                    .toUpperCase(Locale.ROOT)))));
        } catch (IllegalArgumentException | PrismException e) {
            log.atDebug()
                    .setMessage("a row's claim makes no sense")
                    .addKeyValue("message", row.id())
                    .setCause(e)
                    .log();
            return Optional.empty();
        }
    }

    /** As the relay makes it: strings as they are, everything else as its JSON. */
    private static Map<String, String> metadata(String headers) {
        Map<String, String> metadata = new TreeMap<>();
        try {
            for (Map.Entry<String, JsonNode> entry : JSON.readTree(headers).properties()) {
                JsonNode value = entry.getValue();
                metadata.put(
                        entry.getKey(), value.isTextual() ? value.textValue() : value.toString());
            }
            return metadata;
        } catch (JsonProcessingException e) {
            throw new PrismException(ErrorCode.INTERNAL, "a row's headers are no JSON", e);
        }
    }
}
