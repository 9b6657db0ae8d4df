package io.prism.gateway.reader;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.RowCache.Loaded;
import io.prism.gateway.reader.RowReader.Found;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole rows as a cache keeps them, and answers made of them. What is kept is a {@link GetResponse}
 * with all columns, as it was answered when the row was read.
 */
final class KeptRow {
    private static final Logger log = LoggerFactory.getLogger(KeptRow.class);

    private final GetRequest request;
    private final OptionalLong minPosition;
    private final Optional<Instant> notBefore;

    /**
     * @param now to count the request's max_staleness from
     */
    KeptRow(GetRequest request, Instant now) {
        this.request = request;
        this.minPosition = Position.asked(request.getMinPosition());
        this.notBefore =
                request.hasMaxStaleness()
                        ? Optional.of(now.minus(staleness(request)))
                        : Optional.empty();
    }

    private static Duration staleness(GetRequest request) {
        Duration staleness =
                Duration.ofSeconds(
                        request.getMaxStaleness().getSeconds(),
                        request.getMaxStaleness().getNanos());
        if (staleness.isNegative() || staleness.compareTo(Duration.ofDays(36_500)) > 0) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "max_staleness",
                    "max_staleness is not negative, and less than a century");
        }
        return staleness;
    }

    /**
     * Whether only the database can answer. It does where the position asked for is beyond what was
     * seen of the log: nobody else need wait for what comes of it, and it may be no position at
     * all.
     *
     * @param end of the log as reads have seen it so far
     */
    boolean databaseOnly(long end) {
        return request.hasMaxStaleness() && staleness(request).isZero()
                || !Position.reaches(end, minPosition);
    }

    /**
     * The answer; empty if what was kept is too old, or lacks a column.
     *
     * @param columns those there are: a whole row has these, and no other
     */
    Optional<GetResponse> answer(byte[] bytes, Set<String> columns) {
        GetResponse kept;
        try {
            kept = GetResponse.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            log.atWarn()
                    .setMessage("a cached row cannot be read; asking the database")
                    .setCause(e)
                    .log();
            return Optional.empty();
        }
        Instant at = Instant.ofEpochSecond(kept.getAsOf().getSeconds(), kept.getAsOf().getNanos());
        boolean fresh =
                Position.reaches(position(kept), minPosition)
                        && notBefore.filter(at::isBefore).isEmpty();
        Set<String> has = kept.getRow().getValuesMap().keySet();
        boolean whole =
                request.getFieldsCount() == 0
                        ? has.equals(columns)
                        : has.containsAll(request.getFieldsList());
        return fresh && (whole || !kept.getFound())
                ? Optional.of(
                        cut(kept, request.getFieldsList()).toBuilder()
                                .setServedBy(ServedBy.SERVED_BY_CACHE)
                                .build())
                : Optional.empty();
    }

    private static long position(GetResponse kept) {
        OptionalLong position = Position.asked(kept.getPosition());
        return position.isPresent() ? position.getAsLong() : 0;
    }

    /** A whole row from the database, with the answer made of it. */
    static Loaded<GetResponse> loaded(Found<Optional<Row>> found, List<String> fields) {
        GetResponse whole = response(found);
        return new Loaded<>(
                cut(whole, fields), whole.toByteArray(), whole.getFound(), found.look().position());
    }

    /** What was read, as the request asked for it. */
    Found<Optional<Row>> checked(Found<Optional<Row>> found) {
        var unused = found.look().reaching(minPosition);
        return found;
    }

    /** What was read as an answer. */
    static GetResponse response(Found<Optional<Row>> found) {
        GetResponse.Builder response =
                GetResponse.newBuilder()
                        .setFound(found.what().isPresent())
                        .setServedBy(ServedBy.SERVED_BY_DATABASE)
                        .setAsOf(timestamp(found.look().at()))
                        .setPosition(Position.text(found.look().position()));
        found.what().ifPresent(response::setRow);
        return response.build();
    }

    private static GetResponse cut(GetResponse whole, List<String> fields) {
        if (fields.isEmpty() || !whole.getFound()) {
            return whole;
        }
        Row.Builder row = Row.newBuilder().setVersion(whole.getRow().getVersion());
        fields.forEach(field -> row.putValues(field, whole.getRow().getValuesOrThrow(field)));
        return whole.toBuilder().setRow(row).build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
