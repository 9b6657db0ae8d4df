package io.prism.gateway.transact;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.trace.Trace;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.pattern.TransactionJoiner;
import io.prism.gateway.relation.TableName;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What transactions of a namespace can do, in one call.
 *
 * @param tables that may be written
 * @param messages what makes messages part of a transaction; empty where nothing does
 * @param committed hears of rows
 * @param trace the call's
 */
record TransactSpace(
        ServedNamespace namespace,
        String database,
        Set<TableName> tables,
        Optional<TransactionJoiner> messages,
        CommittedRows committed,
        Trace trace) {

    static TransactSpace of(ServedNamespace namespace, CommittedRows committed, Trace trace) {
        NamespaceSpec spec = namespace.plan().spec();
        String database =
                spec.database()
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                        ErrorCode.BACKEND_REFUSED,
                                                        "namespace "
                                                                + spec.name()
                                                                + " has no database to write to:"
                                                                + " use backend postgres, or add"
                                                                + " the outbox pattern")
                                                .with("namespace", spec.name()));
        return new TransactSpace(
                namespace,
                database,
                spec.tables().stream().map(TableName::of).collect(Collectors.toUnmodifiableSet()),
                namespace.joiner(),
                committed,
                trace);
    }

    String name() {
        return namespace.name();
    }

    TransactionJoiner joiner() {
        return messages.orElseThrow(
                () ->
                        PrismException.ofField(
                                        ErrorCode.PATTERN_NOT_AVAILABLE,
                                        "message",
                                        "namespace "
                                                + name()
                                                + " has no outbox, so a message cannot commit with"
                                                + " a row: add the outbox pattern")
                                .with("namespace", name()));
    }
}
