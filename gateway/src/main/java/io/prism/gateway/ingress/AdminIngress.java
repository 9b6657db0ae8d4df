package io.prism.gateway.ingress;

import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.ParsedDocument;
import io.prism.gateway.cache.rows.RowCaches;
import io.prism.gateway.cdc.capture.Captures;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.outbox.table.Outboxes;
import io.prism.gateway.queue.Queues;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.BackendObject;
import io.prism.v1.ClaimStatsRequest;
import io.prism.v1.ClaimStatsResponse;
import io.prism.v1.ClearCacheRequest;
import io.prism.v1.ClearCacheResponse;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.CreateNamespaceResponse;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.DeleteNamespaceResponse;
import io.prism.v1.ExplainNamespaceRequest;
import io.prism.v1.ExplainNamespaceResponse;
import io.prism.v1.GetCdcStatusRequest;
import io.prism.v1.GetCdcStatusResponse;
import io.prism.v1.GetNamespaceRequest;
import io.prism.v1.GetNamespaceResponse;
import io.prism.v1.GetOutboxStatusRequest;
import io.prism.v1.GetOutboxStatusResponse;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.ListNamespacesResponse;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.PlannedBackend;
import io.prism.v1.PlannedPattern;
import io.prism.v1.SnapshotCdcRequest;
import io.prism.v1.SnapshotCdcResponse;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import io.prism.v1.ValidateNamespaceRequest;
import io.prism.v1.ValidateNamespaceResponse;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.util.List;

/** AdminService. */
final class AdminIngress extends AdminServiceGrpc.AdminServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final Subscriptions subscriptions;
    private final Queues queues;
    private final Outboxes outboxes;
    private final Captures captures;
    private final RowCaches rows;

    AdminIngress(
            NamespaceRegistry namespaces,
            Subscriptions subscriptions,
            Queues queues,
            Outboxes outboxes,
            Captures captures,
            RowCaches rows) {
        this.rows = rows;
        this.outboxes = outboxes;
        this.captures = captures;
        this.queues = queues;
        this.namespaces = namespaces;
        this.subscriptions = subscriptions;
    }

    @Override
    public void createNamespace(
            CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    NamespaceRegistry.Created created = namespaces.create(request.getDocument());
                    CreateNamespaceResponse.Builder response = CreateNamespaceResponse.newBuilder();
                    created.namespaces()
                            .forEach(namespace -> response.addNamespaces(namespace(namespace)));
                    created.warnings().forEach(warning -> response.addWarnings(warning(warning)));
                    return response.build();
                });
    }

    @Override
    public void validateNamespace(
            ValidateNamespaceRequest request, StreamObserver<ValidateNamespaceResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    ParsedDocument parsed = namespaces.validate(request.getDocument());
                    ValidateNamespaceResponse.Builder response =
                            ValidateNamespaceResponse.newBuilder();
                    parsed.violations()
                            .forEach(violation -> response.addViolations(violation(violation)));
                    parsed.warnings().forEach(warning -> response.addWarnings(warning(warning)));
                    parsed.plans().forEach(plan -> response.addPlans(plan(plan)));
                    return response.build();
                });
    }

    @Override
    public void explainNamespace(
            ExplainNamespaceRequest request, StreamObserver<ExplainNamespaceResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    ExplainNamespaceResponse.Builder response =
                            ExplainNamespaceResponse.newBuilder();
                    switch (request.getSubjectCase()) {
                        case NAME ->
                                response.addPlans(plan(namespaces.get(request.getName()).plan()));
                        case DOCUMENT -> {
                            ParsedDocument parsed = namespaces.validate(request.getDocument());
                            if (!parsed.valid()) {
                                throw NamespaceRegistry.invalid(parsed);
                            }
                            parsed.plans().forEach(plan -> response.addPlans(plan(plan)));
                            parsed.warnings()
                                    .forEach(warning -> response.addWarnings(warning(warning)));
                        }
                        case SUBJECT_NOT_SET ->
                                throw PrismException.ofField(
                                        ErrorCode.FIELD_INVALID,
                                        "subject",
                                        "give the name of a namespace, or a document");
                    }
                    return response.build();
                });
    }

    @Override
    public void getNamespace(
            GetNamespaceRequest request, StreamObserver<GetNamespaceResponse> observer) {
        PubSubIngress.unary(
                observer,
                () ->
                        GetNamespaceResponse.newBuilder()
                                .setNamespace(namespace(namespaces.get(request.getName())))
                                .build());
    }

    @Override
    public void listNamespaces(
            ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    ListNamespacesResponse.Builder response = ListNamespacesResponse.newBuilder();
                    namespaces
                            .all()
                            .forEach(namespace -> response.addNamespaces(namespace(namespace)));
                    return response.build();
                });
    }

    @Override
    public void deleteNamespace(
            DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    namespaces.delete(
                            request.getName(),
                            request.getDeleteData(),
                            new NamespaceReaders(request.getName(), queues, subscriptions));
                    return DeleteNamespaceResponse.getDefaultInstance();
                });
    }

    @Override
    public void sweepClaims(
            SweepClaimsRequest request, StreamObserver<SweepClaimsResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> ClaimAnswers.swept(namespaces.get(request.getNamespace()), request));
    }

    @Override
    public void claimStats(ClaimStatsRequest request, StreamObserver<ClaimStatsResponse> observer) {
        PubSubIngress.unary(
                observer, () -> ClaimAnswers.stats(namespaces.get(request.getNamespace())));
    }

    @Override
    public void getOutboxStatus(
            GetOutboxStatusRequest request, StreamObserver<GetOutboxStatusResponse> observer) {
        PubSubIngress.unary(
                observer,
                () ->
                        OutboxAnswers.of(
                                outboxes.status(
                                        namespaces.get(request.getNamespace()).plan().spec())));
    }

    @Override
    public void getCdcStatus(
            GetCdcStatusRequest request, StreamObserver<GetCdcStatusResponse> observer) {
        PubSubIngress.unary(
                observer,
                () ->
                        CdcAnswers.of(
                                captures.status(
                                        namespaces.get(request.getNamespace()).plan().spec())));
    }

    @Override
    public void snapshotCdc(
            SnapshotCdcRequest request, StreamObserver<SnapshotCdcResponse> observer) {
        PubSubIngress.unary(
                observer,
                () ->
                        CdcAnswers.of(
                                captures.snapshot(
                                        namespaces.get(request.getNamespace()).plan().spec(),
                                        request.getTablesList())));
    }

    @Override
    public void clearCache(ClearCacheRequest request, StreamObserver<ClearCacheResponse> observer) {
        PubSubIngress.unary(
                observer,
                () -> {
                    rows.clearNow(namespaces.get(request.getNamespace()).plan().spec());
                    return ClearCacheResponse.getDefaultInstance();
                });
    }

    private Namespace namespace(ServedNamespace served) {
        return Namespace.newBuilder()
                .setName(served.name())
                .setClientApi(served.plan().spec().api().label())
                .setDocument(served.plan().source())
                .setCreatedAt(Responses.timestamp(served.createdAt()))
                .setPlan(plan(served.plan()))
                .build();
    }

    private Plan plan(NamespacePlan plan) {
        List<String> unavailable = namespaces.unavailable(plan);
        Plan.Builder message =
                Plan.newBuilder()
                        .setNamespace(plan.spec().name().value())
                        .setClientApi(plan.spec().api().label())
                        .addAllNotes(plan.notes())
                        .setBackend(backend(plan.spec().backend()));
        for (NamespacePlan.PlannedPattern pattern : plan.patterns()) {
            String type = pattern.spec().type();
            message.addPatterns(
                    PlannedPattern.newBuilder()
                            .setType(type)
                            .setVersion(1)
                            .setReason(pattern.reason())
                            .putAllOptions(pattern.options())
                            .setAvailable(!unavailable.contains(type)));
        }
        plan.objects()
                .forEach(
                        object ->
                                message.addObjects(
                                        BackendObject.newBuilder()
                                                .setKind(object.kind())
                                                .setName(object.name())
                                                .putAllSettings(object.settings())));
        return message.build();
    }

    private static PlannedBackend backend(BackendSpec backend) {
        PlannedBackend.Builder message = PlannedBackend.newBuilder().setType(backend.type());
        switch (backend) {
            case BackendSpec.Kafka kafka -> {
                message.putOptions("partitions", Integer.toString(kafka.partitions()));
                kafka.topic()
                        .ifPresentOrElse(
                                topic -> message.putOptions("topic", topic),
                                () -> message.putOptions("topic_prefix", kafka.topicPrefix()));
                kafka.replication()
                        .ifPresent(r -> message.putOptions("replication", Integer.toString(r)));
                kafka.retention().ifPresent(r -> message.putOptions("retention", r.toString()));
            }
            case BackendSpec.Postgres postgres ->
                    message.putOptions("database", postgres.database());
            case BackendSpec.Other other -> {}
        }
        return message.build();
    }

    private static Violation violation(ParsedDocument.Violation violation) {
        return Violation.newBuilder()
                .setPath(violation.path())
                .setCode(violation.code())
                .setMessage(violation.message())
                .setFound(violation.found())
                .addAllAllowed(violation.allowed())
                .setSuggestion(violation.suggestion())
                .setLine(violation.line())
                .setColumn(violation.column())
                .build();
    }

    private static Warning warning(ParsedDocument.Warning warning) {
        return Warning.newBuilder()
                .setPath(warning.path())
                .setCode(warning.code())
                .setMessage(warning.message())
                .build();
    }
}
