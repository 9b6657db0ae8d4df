package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import io.grpc.protobuf.StatusProto;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.ExplainNamespaceRequest;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.ValidateNamespaceRequest;
import io.prism.v1.ValidateNamespaceResponse;
import io.prism.v1.Violation;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class NamespacesIT {
    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static ValidateNamespaceResponse validate(String yaml) {
        return client.admin()
                .validateNamespace(ValidateNamespaceRequest.newBuilder().setDocument(yaml).build());
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws Exception {
        String yaml =
                """
                namespaces:
                  - name: Bad Name
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        treshold: 1MB
                      - type: claim-chek
                    backend: kafka
                  - name: reader-outbox
                    client_api: reader
                    patterns: [{type: outbox, database: postgres}]
                    backend: {type: postgres, database: d}
                """;
        ValidateNamespaceResponse response = validate(yaml);
        assertThat(response.getViolationsList())
                .extracting(Violation::getCode)
                .contains(
                        "INVALID_VALUE",
                        "UNKNOWN_OPTION",
                        "UNKNOWN_PATTERN",
                        "INCOMPATIBLE_PATTERN");
        assertThat(response.getViolationsList())
                .filteredOn(v -> v.getCode().equals("UNKNOWN_OPTION"))
                .first()
                .satisfies(
                        v -> {
                            assertThat(v.getSuggestion()).contains("threshold");
                            assertThat(v.getPath()).startsWith("namespaces[0].patterns[0]");
                            assertThat(v.getLine()).isEqualTo(6);
                        });

        Throwable failure = catchThrowable(() -> client.create(yaml));
        assertThat(TestClient.reason(failure)).isEqualTo("NAMESPACE_INVALID");
        BadRequest fields =
                StatusProto.fromThrowable(failure).getDetailsList().stream()
                        .filter(d -> d.is(BadRequest.class))
                        .findFirst()
                        .orElseThrow()
                        .unpack(BadRequest.class);
        assertThat(fields.getFieldViolationsCount()).isEqualTo(response.getViolationsCount());
    }

    @Test
    void aPatternThatIsNotBuiltYetIsExplainedButNotCreated() {
        String yaml =
                """
                namespaces:
                  - name: later
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                      - type: tiered-storage
                    backend: kafka
                """;
        Plan plan =
                client.admin()
                        .explainNamespace(
                                ExplainNamespaceRequest.newBuilder().setDocument(yaml).build())
                        .getPlans(0);
        assertThat(plan.getPatternsList())
                .extracting("type")
                .containsExactly("claim-check", "tiered-storage");
        assertThat(plan.getPatterns(0).getAvailable()).isTrue();
        assertThat(plan.getPatterns(1).getAvailable()).isFalse();
        assertThat(TestClient.reason(catchThrowable(() -> client.create(yaml))))
                .isEqualTo("PATTERN_NOT_AVAILABLE");
    }

    @Test
    void namespacesThatWouldShareDataAreRefused() {
        client.createClaimCheck("share-a");
        assertThat(TestClient.reason(catchThrowable(() -> client.createClaimCheck("share-a"))))
                .isEqualTo("NAMESPACE_EXISTS");
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () ->
                                                client.create(
                                                        """
                                                        namespaces:
                                                          - name: share-b
                                                            client_api: pubsub
                                                            backend: {type: kafka, topic_prefix: share-a}
                                                        """))))
                .isEqualTo("NAMESPACE_CONFLICT");
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () ->
                                                client.create(
                                                        """
                                                        namespaces:
                                                          - name: share-c
                                                            client_api: pubsub
                                                            patterns: [{type: claim-check, storage: {backend: s3, prefix: share-a/inner}}]
                                                            backend: kafka
                                                        """))))
                .isEqualTo("NAMESPACE_CONFLICT");
    }

    @Test
    void ofManyCreationsOfOneNameOneSucceeds() {
        long created =
                IntStream.range(0, 8)
                        .parallel()
                        .filter(i -> catchThrowable(() -> client.createPlain("race")) == null)
                        .count();
        assertThat(created).isEqualTo(1);
    }

    @Test
    void aDeletedNamespaceIsGoneWithItsDataIfAsked() {
        client.createClaimCheck("to-delete");
        client.publish("to-delete", "t", ByteString.copyFrom(new byte[2_000_000]));
        client.admin()
                .deleteNamespace(
                        DeleteNamespaceRequest.newBuilder()
                                .setName("to-delete")
                                .setDeleteData(true)
                                .build());
        assertThat(
                        client.admin()
                                .listNamespaces(ListNamespacesRequest.getDefaultInstance())
                                .getNamespacesList())
                .extracting(Namespace::getName)
                .doesNotContain("to-delete");
        try (S3Looker s3 = new S3Looker(SharedPrism.get().servers(), "prism-claims")) {
            assertThat(s3.keys("to-delete/")).isEmpty();
        }
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () -> client.publish("to-delete", "t", ByteString.EMPTY))))
                .isEqualTo("NAMESPACE_NOT_FOUND");
    }

    @Test
    void aNamespaceCanBeUsedAsSoonAsItsCreationReturns() {
        for (int i = 0; i < 5; i++) {
            String name = "usable-" + i;
            client.admin()
                    .createNamespace(
                            CreateNamespaceRequest.newBuilder()
                                    .setDocument(
                                            "namespaces: [{name: "
                                                    + name
                                                    + ", client_api: pubsub, backend: {type: kafka,"
                                                    + " topic: only-"
                                                    + i
                                                    + "}}]")
                                    .build());
            client.publish(name, "only-" + i, ByteString.copyFromUtf8("x"));
        }
    }
}
