package io.prism.core.outbox;

import io.prism.core.spec.PatternSpec.Outbox;
import java.util.List;
import java.util.Locale;

/**
 * An outbox table: a contract with applications, which may insert rows with SQL of their own. Only
 * {@code topic} and {@code payload} must be given. {@code docs/outbox.md} tells it to them.
 *
 * @param schema as in the catalogue, unquoted
 * @param name as in the catalogue, unquoted
 */
public record OutboxTable(String schema, String name) {
    /** What namespaces share that name no table. */
    public static final String DEFAULT_NAME = "outbox";

    /** What namespaces declare that do without a table: their messages are in the log only. */
    public static final String NONE = "none";

    public static final String DEFAULT_SCHEMA = "public";

    /** The columns by which a table is known to be an outbox. */
    public static final List<String> MARKS =
            List.of("id", "namespace", "topic", "payload", "headers", "claim_check_id");

    /** All columns of the contract. */
    public static final List<String> COLUMNS =
            List.of(
                    "id",
                    "namespace",
                    "topic",
                    "key",
                    "event_type",
                    "payload",
                    "headers",
                    "message_id",
                    "traceparent",
                    "claim_check_id",
                    "payload_size",
                    "claim_check_sha256",
                    "claim_check_encoding",
                    "claim_check_key",
                    "created_at",
                    "published_at",
                    "error");

    /** PostgreSQL cuts names at 63 bytes; an index must not be cut to another's name. */
    private static final int LONGEST_IN_INDEX_NAME = 50;

    /** The table that a namespace declares; in lower case, as PostgreSQL has an unquoted name. */
    public static OutboxTable of(Outbox outbox) {
        String declared = outbox.table().orElse(DEFAULT_NAME).toLowerCase(Locale.ROOT);
        int dot = declared.indexOf('.');
        return dot < 0
                ? new OutboxTable(DEFAULT_SCHEMA, declared)
                : new OutboxTable(declared.substring(0, dot), declared.substring(dot + 1));
    }

    /** Whether a namespace does without a table. */
    public static boolean isNone(Outbox outbox) {
        return outbox.table().filter(NONE::equals).isPresent();
    }

    /** {@code schema.table}, as rows name it. */
    public String label() {
        return schema + "." + name;
    }

    /** For SQL text. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** An identifier for SQL text. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** The index of rows that are not published yet. */
    public String unpublishedIndex() {
        return indexName("_unpublished");
    }

    /** The index of rows that can be removed one day. */
    public String publishedIndex() {
        return indexName("_published");
    }

    private String indexName(String suffix) {
        return name.substring(0, Math.min(name.length(), LONGEST_IN_INDEX_NAME)) + suffix;
    }

    /**
     * Makes the table, {@link #unpublishedIndex} and {@link #publishedIndex}, in this order, where
     * they are not there; safe to run again.
     */
    public List<String> ddl() {
        return List.of(
                """
                CREATE TABLE IF NOT EXISTS %s (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    namespace text,
                    topic text NOT NULL,
                    key text,
                    event_type text,
                    payload bytea NOT NULL,
                    headers jsonb NOT NULL DEFAULT '{}',
                    message_id text,
                    traceparent text,
                    claim_check_id uuid,
                    payload_size bigint,
                    claim_check_sha256 text,
                    claim_check_encoding text,
                    claim_check_key text,
                    created_at timestamptz NOT NULL DEFAULT now(),
                    published_at timestamptz,
                    error text
                )\
                """
                        .formatted(quoted()),
                "CREATE INDEX IF NOT EXISTS %s ON %s (created_at) WHERE published_at IS NULL"
                        .formatted(quote(unpublishedIndex()), quoted()),
                "CREATE INDEX IF NOT EXISTS %s ON %s (published_at) WHERE published_at IS NOT NULL"
                        .formatted(quote(publishedIndex()), quoted()));
    }
}
