package io.prism.standalone.cli.client.fake;

import com.google.protobuf.Timestamp;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.AdminServiceGrpc.AdminServiceImplBase;
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
import io.prism.v1.GetNamespaceRequest;
import io.prism.v1.GetNamespaceResponse;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.ListNamespacesResponse;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.PlannedBackend;
import io.prism.v1.PlannedPattern;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import io.prism.v1.ValidateNamespaceRequest;
import io.prism.v1.ValidateNamespaceResponse;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Namespaces in memory. A document's namespaces are its {@code - name:} lines; {@code treshold} is
 * the one option it does not know.
 */
public final class FakeAdmin extends AdminServiceImplBase {
    private static final Pattern NAME = Pattern.compile("(?m)^ *- name: *(\\S+)");

    private final ConcurrentSkipListMap<String, Namespace> namespaces =
            new ConcurrentSkipListMap<>();

    /** Whether the last delete asked for the data, too. */
    public volatile boolean dataDeleted;

    /** What the last sweep was asked for. */
    public volatile SweepClaimsRequest sweepAsked = SweepClaimsRequest.getDefaultInstance();

    /** The namespaces whose cache was cleared, in order. */
    public final List<String> cleared = new CopyOnWriteArrayList<>();

    @Override
    public void clearCache(ClearCacheRequest request, StreamObserver<ClearCacheResponse> out) {
        cleared.add(request.getNamespace());
        out.onNext(ClearCacheResponse.getDefaultInstance());
        out.onCompleted();
    }

    /** Makes a namespace be there. */
    public void add(String name) {
        namespaces.put(name, namespace(name, "namespaces:\n  - name: " + name + "\n"));
    }

    boolean has(String name) {
        return namespaces.containsKey(name);
    }

    @Override
    public void createNamespace(
            CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> out) {
        if (!violations(request.getDocument()).isEmpty()) {
            out.onError(
                    FakeErrors.ofField(
                            ErrorCode.NAMESPACE_INVALID,
                            "the document has 1 violation",
                            "namespaces[0].patterns[0].treshold",
                            "unknown option"));
            return;
        }
        CreateNamespaceResponse.Builder response = CreateNamespaceResponse.newBuilder();
        for (String name : names(request.getDocument())) {
            if (has(name)) {
                out.onError(
                        FakeErrors.of(
                                ErrorCode.NAMESPACE_EXISTS, "There is already a " + name + "."));
                return;
            }
            Namespace made = namespace(name, request.getDocument());
            namespaces.put(name, made);
            response.addNamespaces(made);
        }
        response.addWarnings(warning());
        answer(out, response.build());
    }

    @Override
    public void validateNamespace(
            ValidateNamespaceRequest request, StreamObserver<ValidateNamespaceResponse> out) {
        List<Violation> violations = violations(request.getDocument());
        ValidateNamespaceResponse.Builder response =
                ValidateNamespaceResponse.newBuilder().addAllViolations(violations);
        if (violations.isEmpty()) {
            names(request.getDocument()).forEach(name -> response.addPlans(plan(name)));
        }
        answer(out, response.build());
    }

    @Override
    public void explainNamespace(
            ExplainNamespaceRequest request, StreamObserver<ExplainNamespaceResponse> out) {
        ExplainNamespaceResponse.Builder response = ExplainNamespaceResponse.newBuilder();
        if (request.hasName()) {
            if (!has(request.getName())) {
                out.onError(missing(request.getName()));
                return;
            }
            response.addPlans(plan(request.getName()));
        } else {
            names(request.getDocument()).forEach(name -> response.addPlans(plan(name)));
        }
        answer(out, response.build());
    }

    @Override
    public void getNamespace(
            GetNamespaceRequest request, StreamObserver<GetNamespaceResponse> out) {
        Namespace found = namespaces.get(request.getName());
        if (found == null) {
            out.onError(missing(request.getName()));
            return;
        }
        answer(out, GetNamespaceResponse.newBuilder().setNamespace(found).build());
    }

    @Override
    public void listNamespaces(
            ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> out) {
        answer(
                out,
                ListNamespacesResponse.newBuilder().addAllNamespaces(namespaces.values()).build());
    }

    @Override
    public void deleteNamespace(
            DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> out) {
        if (namespaces.remove(request.getName()) == null) {
            out.onError(missing(request.getName()));
            return;
        }
        dataDeleted = request.getDeleteData();
        answer(out, DeleteNamespaceResponse.getDefaultInstance());
    }

    @Override
    public void sweepClaims(SweepClaimsRequest request, StreamObserver<SweepClaimsResponse> out) {
        if (!has(request.getNamespace())) {
            out.onError(missing(request.getNamespace()));
            return;
        }
        sweepAsked = request;
        answer(
                out,
                SweepClaimsResponse.newBuilder()
                        .setLooked(10)
                        .setOrphans(3)
                        .setOrphanBytes(6_000_000)
                        .setDeleted(request.getDryRun() ? 0 : 3)
                        .setUploadsAborted(request.getDryRun() ? 0 : 1)
                        .setRecordsRead(1_000)
                        .build());
    }

    @Override
    public void claimStats(ClaimStatsRequest request, StreamObserver<ClaimStatsResponse> out) {
        if (!has(request.getNamespace())) {
            out.onError(missing(request.getNamespace()));
            return;
        }
        answer(
                out,
                ClaimStatsResponse.newBuilder()
                        .setObjects(7)
                        .setBytes(14_000_000)
                        .setOldest(Timestamp.newBuilder().setSeconds(1_800_000_000L))
                        .build());
    }

    private static io.grpc.StatusRuntimeException missing(String name) {
        return FakeErrors.of(
                ErrorCode.NAMESPACE_NOT_FOUND, "There is no namespace \"" + name + "\".");
    }

    private static List<String> names(String document) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(document);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<Violation> violations(String document) {
        List<String> lines = document.lines().toList();
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int column = lines.get(i).indexOf("treshold");
            if (column >= 0) {
                violations.add(
                        Violation.newBuilder()
                                .setPath("namespaces[0].patterns[0].treshold")
                                .setCode("UNKNOWN_OPTION")
                                .setMessage("claim-check has no option \"treshold\".")
                                .setFound("treshold")
                                .addAllowed("threshold")
                                .addAllowed("compression")
                                .setSuggestion("did you mean \"threshold\"?")
                                .setLine(i + 1)
                                .setColumn(column + 1)
                                .build());
            }
        }
        return violations;
    }

    private static Warning warning() {
        return Warning.newBuilder()
                .setPath("namespaces[0].backend.brokers")
                .setCode("BROKERS_REPLACED")
                .setMessage("the embedded broker is used")
                .build();
    }

    private static Namespace namespace(String name, String document) {
        return Namespace.newBuilder()
                .setName(name)
                .setClientApi("pubsub")
                .setDocument(document)
                .setCreatedAt(Timestamp.newBuilder().setSeconds(1_800_000_000L))
                .setPlan(plan(name))
                .build();
    }

    private static Plan plan(String name) {
        return Plan.newBuilder()
                .setNamespace(name)
                .setClientApi("pubsub")
                .addPatterns(
                        PlannedPattern.newBuilder()
                                .setType("claim-check")
                                .setVersion(1)
                                .setReason("declared")
                                .putOptions("threshold", "1MB")
                                .setAvailable(true))
                .addPatterns(
                        PlannedPattern.newBuilder()
                                .setType("outbox")
                                .setVersion(1)
                                .setReason("requirement consistency: strong"))
                .setBackend(
                        PlannedBackend.newBuilder().setType("kafka").putOptions("partitions", "4"))
                .addObjects(
                        BackendObject.newBuilder()
                                .setKind("bucket")
                                .setName("claims")
                                .putSettings("prefix", name + "/"))
                .addNotes("outbox comes first, because it holds the transaction")
                .build();
    }

    private static <T> void answer(StreamObserver<T> out, T response) {
        out.onNext(response);
        out.onCompleted();
    }
}
