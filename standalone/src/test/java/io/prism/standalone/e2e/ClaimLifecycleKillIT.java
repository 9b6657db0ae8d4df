package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.prism.standalone.e2e.KillableRoles.Role;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the gateway, of the streams process, or of both, at any instant, while messages are
 * published, acknowledged and released. {@code -Dprism.kills=100} for more of them, {@code
 * -Dprism.seed=…} for the same choices again.
 */
final class ClaimLifecycleKillIT {
    private static final int KILLS = 5;
    private static final List<Set<Role>> TARGETS =
            List.of(
                    EnumSet.of(Role.GATEWAY),
                    EnumSet.of(Role.STREAMS),
                    EnumSet.of(Role.GATEWAY, Role.STREAMS));
    private static final List<KillTraffic.Moment> MOMENTS = List.of(KillTraffic.Moment.values());
    private static final String TOPICS = KillTraffic.TOPICS;
    private static final String QUEUES = KillTraffic.QUEUES;
    private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(4);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path temp;

    private static void create(TestClient client, String namespace, String api) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: %s
                    patterns:
                      - type: claim-check
                        threshold: %d
                        storage: s3
                        cleanup: {strategy: on_consume, ttl: 7d}
                    backend: {type: kafka, partitions: 3}
                """
                        .formatted(namespace, api, SeededPayloads.THRESHOLD));
    }

    @Test
    void killsAtAnyInstantLoseNothingAndLeaveNothingOver() throws Exception {
        long seed = Long.getLong("prism.seed", System.nanoTime());
        int kills = Integer.getInteger("prism.kills", KILLS);
        System.out.println("seed: " + seed + ", kills: " + kills);
        Random random = new Random(seed);
        try (EmbeddedServers servers = EmbeddedServers.start(temp.resolve("data"));
                KillableRoles roles =
                        new KillableRoles(servers, temp, Map.of("PRISM_PUBLISH_TIMEOUT", "5s"));
                TestClient client = roles.client();
                S3Looker bucket = new S3Looker(servers, "prism-claims");
                ExecutorService threads = Executors.newCachedThreadPool()) {
            roles.awaitReady(Role.GATEWAY);
            create(client, TOPICS, "pubsub");
            create(client, QUEUES, "queue");
            KillTraffic traffic = new KillTraffic(client, random);
            try {
                traffic.start(threads);

                // When
                Map<Set<Role>, Integer> hits = new HashMap<>();
                for (int kill = 1; kill <= kills; kill++) {
                    Set<Role> target = pick(random, TARGETS);
                    KillTraffic.Moment moment = pick(random, MOMENTS);
                    System.out.println(
                            Instant.now() + " kill " + kill + ": " + target + " after " + moment);
                    if (target.contains(Role.STREAMS) && random.nextBoolean()) {
                        roles.awaitReady(Role.STREAMS);
                    }
                    traffic.awaitMoment(moment, random);
                    roles.kill(target);
                    roles.start(target);
                    hits.merge(target, 1, Integer::sum);
                }
                roles.awaitReady(Role.GATEWAY);
                roles.awaitReady(Role.STREAMS);
                traffic.stopPublishing();
                System.out.println(Instant.now() + " killed " + hits + "; " + traffic);

                // Then: what the slow one has not acknowledged is there, and no orphan is
                assertNothingOwedIsMissing(servers, bucket, traffic.slow);
                sweep(roles, TOPICS);
                assertNothingOwedIsMissing(servers, bucket, traffic.slow);

                // And: everything that was answered OK comes, whole, and then nothing is left
                traffic.slow.goOn();
                traffic.awaitAll();
                sweep(roles, QUEUES);
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> {
                                    traffic.check();
                                    assertThat(bucket.keys(TOPICS + "/")).isEmpty();
                                    assertThat(bucket.keys(QUEUES + "/")).isEmpty();
                                });
                traffic.stopConsuming();
                System.out.println(Instant.now() + " all is there; " + traffic);
                assertThat(roles.stop(Role.STREAMS)).isZero();
                roles.requireAlive(Role.GATEWAY);
            } finally {
                traffic.stop();
            }
        }
    }

    private static <T> T pick(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Each record that the subscription has yet to acknowledge has its object. */
    private static void assertNothingOwedIsMissing(
            EmbeddedServers servers, S3Looker bucket, SteadySubscriber subscriber) {
        List<Map<String, String>> records =
                KafkaLooker.all(servers.kafkaBootstrap(), TOPICS + "." + KillTraffic.TOPIC).stream()
                        .map(KafkaLooker::headers)
                        .toList();
        Set<String> owed =
                records.stream()
                        .filter(headers -> headers.containsKey("claim_check_key"))
                        .filter(headers -> !subscriber.hasAsked(id(headers)))
                        .map(headers -> headers.getOrDefault("claim_check_key", ""))
                        .collect(Collectors.toSet());
        System.out.println(
                "records: "
                        + records.size()
                        + ", different ids: "
                        + records.stream().map(ClaimLifecycleKillIT::id).distinct().count()
                        + ", owed claims: "
                        + owed.size());
        assertThat(new HashSet<>(bucket.keys(TOPICS + "/"))).containsAll(owed);
    }

    private static String id(Map<String, String> headers) {
        return headers.getOrDefault("prism-id", "");
    }

    private static void sweep(KillableRoles roles, String namespace) {
        try (TestClient client = roles.client()) {
            SweepClaimsResponse swept = sweep(client, namespace, false);
            System.out.println("orphans swept in " + namespace + ": " + swept.getDeleted());
            assertThat(swept.getDeleted()).isEqualTo(swept.getOrphans());
            assertThat(sweep(client, namespace, true).getOrphans()).isZero();
        }
    }

    private static SweepClaimsResponse sweep(TestClient client, String namespace, boolean dryRun) {
        return client.admin()
                .sweepClaims(
                        SweepClaimsRequest.newBuilder()
                                .setNamespace(namespace)
                                .setDryRun(dryRun)
                                .setGrace(Duration.getDefaultInstance())
                                .build());
    }
}
