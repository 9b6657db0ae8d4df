package io.prism.connectors.cache;

import io.prism.connectors.cdc.Change;
import io.prism.connectors.cdc.Change.Operation;
import io.prism.core.cache.ChangePoint;
import io.prism.core.cache.Invalidation;
import io.prism.core.cache.KeyTemplate;
import io.prism.core.cache.KeyText;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which keys changes make stale. A change that does not tell which (a TRUNCATE; a column of the
 * template that the table has no longer, or whose old value the log does not have) makes all keys
 * of the template stale: slower, never wrong.
 */
final class StaleKeys {
    private static final Pattern ZERO = Pattern.compile("|0(\\.0*)?|1970-01-01.*");

    private final KeyTemplate template;
    private final Set<Operation> operations;

    /**
     * @param operations the changes that are looked at; a TRUNCATE always is
     */
    StaleKeys(KeyTemplate template, Set<Operation> operations) {
        this.template = template;
        this.operations = Set.copyOf(operations);
    }

    /**
     * What one batch comes to.
     *
     * @param all if present, every key of the template is stale, and why
     */
    record Stale(Set<Invalidation> keys, Optional<Everything> all, int changes) {}

    /**
     * @param at no earlier than any change of the batch that made everything stale: transactions
     *     commit in another order than they begin, so neither part is always the last one's
     * @param why of the last of them
     */
    record Everything(ChangePoint at, String why) {}

    Stale of(Iterable<Change> changes) {
        Set<Invalidation> keys = new LinkedHashSet<>();
        Optional<Everything> all = Optional.empty();
        int counted = 0;
        for (Change change : changes) {
            if (!isMeant(change)) {
                continue;
            }
            counted++;
            ChangePoint at = new ChangePoint(change.xid(), change.lsn());
            Optional<String> unknown = unknown(change);
            if (unknown.isPresent()) {
                ChangePoint latest = all.map(before -> latest(before.at(), at)).orElse(at);
                all = Optional.of(new Everything(latest, unknown.get()));
            } else {
                for (String key :
                        template.keys(
                                texts(change, change.before()), texts(change, change.after()))) {
                    keys.add(new Invalidation(key, at));
                }
            }
        }
        return new Stale(keys, all, counted);
    }

    private static ChangePoint latest(ChangePoint one, ChangePoint other) {
        return new ChangePoint(
                later(one.xid(), other.xid()),
                Long.compareUnsigned(one.lsn(), other.lsn()) < 0 ? other.lsn() : one.lsn());
    }

    /** In PostgreSQL's order: without an epoch, half of all are before a transaction. */
    private static long later(long one, long other) {
        if (one == 0 || other == 0) {
            return one == 0 ? other : one;
        }
        return (int) (other - one) > 0 ? other : one;
    }

    /** A TRUNCATE always is; both halves of an update are an update. */
    private boolean isMeant(Change change) {
        return change.operation() == Operation.TRUNCATE
                || operations.contains(change.operation())
                || (change.moved() && operations.contains(Operation.UPDATE));
    }

    /** Why a change does not tell which keys it makes stale; empty if it does. */
    private Optional<String> unknown(Change change) {
        if (change.operation() == Operation.TRUNCATE) {
            return Optional.of("table " + change.table() + " was truncated");
        }
        for (String column : template.columns()) {
            if (!has(change.after(), column) && !has(change.before(), column)) {
                return Optional.of(
                        "table " + change.table() + " has no column " + column + " any more");
            }
            boolean old =
                    change.operation() == Operation.UPDATE
                            || change.operation() == Operation.DELETE;
            if (old && !change.key().contains(column) && isUntold(value(change.before(), column))) {
                return Optional.of(
                        "the log does not tell the old "
                                + column
                                + " of a row of table "
                                + change.table()
                                + "; is its replica identity still FULL?");
            }
        }
        return Optional.empty();
    }

    /**
     * Where the log does not tell a column that may not be null, Debezium puts its type's zero in
     * its place. A row that really has that costs its namespace's cache once; the other way round
     * would be a stale row.
     */
    private static boolean isUntold(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Boolean flag -> !flag;
            case BigDecimal number -> number.signum() == 0;
            case Number number -> number.longValue() == 0;
            case String text -> ZERO.matcher(text).matches();
            default -> false;
        };
    }

    private static boolean has(@Nullable Map<String, @Nullable Object> row, String column) {
        return row != null && row.containsKey(column);
    }

    private static @Nullable Object value(
            @Nullable Map<String, @Nullable Object> row, String column) {
        return row == null ? null : row.get(column);
    }

    private Map<String, @Nullable String> texts(
            Change change, @Nullable Map<String, @Nullable Object> row) {
        Map<String, @Nullable String> texts = new HashMap<>();
        if (row != null) {
            for (String column : template.columns()) {
                Object value = row.get(column);
                String type = change.types().get(column);
                texts.put(
                        column,
                        (type == null ? KeyText.ofJson(value) : KeyText.of(type, value))
                                .orElse(null));
            }
        }
        return texts;
    }
}
