package io.prism.core.claim.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimCodecTest {
    private static final String ID = "0199a4d5-8c00-7000-8000-000000000001";
    private static final ClaimKey CLAIM =
            new ClaimKey(new NamespaceName("videos"), UUID.fromString(ID));
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456789Z");

    /** The records of version 1, to the byte: records in topics look like this for good. */
    private static Map<ClaimEvent, String> exemplars() {
        Map<ClaimEvent, String> exemplars = new LinkedHashMap<>();
        String claim = "\"claim\":\"videos/" + ID + "\"";
        exemplars.put(
                new ClaimEvent.Published(CLAIM, "videos/" + ID, "clips.new", AT),
                "{\"version\":1,\"type\":\"published\","
                        + claim
                        + ",\"object_key\":\"videos/"
                        + ID
                        + "\",\"topic\":\"clips.new\",\"at\":\"2026-11-22T10:00:00.123456789Z\"}");
        exemplars.put(
                new ClaimEvent.Acknowledged(CLAIM, "encoder", Optional.empty()),
                "{\"version\":1,\"type\":\"acknowledged\","
                        + claim
                        + ",\"subscription\":\"encoder\"}");
        exemplars.put(
                new ClaimEvent.Acknowledged(CLAIM, "", Optional.of(AT)),
                "{\"version\":1,\"type\":\"acknowledged\","
                        + claim
                        + ",\"subscription\":\"\",\"keep_until\":\"2026-11-22T10:00:00.123456789Z\"}");
        exemplars.put(
                new ClaimEvent.Held(CLAIM, "clips.dlq"),
                "{\"version\":1,\"type\":\"held\"," + claim + ",\"by\":\"clips.dlq\"}");
        exemplars.put(
                new ClaimEvent.Unheld(CLAIM, "clips.dlq"),
                "{\"version\":1,\"type\":\"unheld\"," + claim + ",\"by\":\"clips.dlq\"}");
        exemplars.put(
                new ClaimEvent.Deleted(CLAIM),
                "{\"version\":1,\"type\":\"deleted\"," + claim + "}");
        return exemplars;
    }

    @Test
    void eventsOfVersion1LookLikeTheirExemplarsAndAreReadFromThem() {
        exemplars()
                .forEach(
                        (event, json) -> {
                            assertThat(new String(ClaimCodec.write(event), UTF_8)).isEqualTo(json);
                            assertThat(ClaimCodec.readEvent(json.getBytes(UTF_8))).isEqualTo(event);
                        });
    }

    @Test
    void aReleaseOfVersion1LooksLikeItsExemplarAndIsReadFromIt() {
        ClaimRelease release =
                new ClaimRelease(
                        CLAIM, "videos/" + ID, ClaimRelease.Reason.TTL, new TreeSet<>(), AT);
        String json =
                "{\"version\":1,\"claim\":\"videos/"
                        + ID
                        + "\",\"object_key\":\"videos/"
                        + ID
                        + "\",\"reason\":\"ttl\",\"at\":\"2026-11-22T10:00:00.123456789Z\"}";
        assertThat(new String(ClaimCodec.write(release), UTF_8)).isEqualTo(json);
        assertThat(ClaimCodec.readRelease(json.getBytes(UTF_8))).isEqualTo(release);
    }

    @Test
    void aReleaseSaysWhoHasAcknowledged() {
        ClaimRelease release =
                new ClaimRelease(
                        CLAIM,
                        "videos/" + ID,
                        ClaimRelease.Reason.CONSUMED,
                        new TreeSet<>(List.of("encoder", "")),
                        AT);
        String json = new String(ClaimCodec.write(release), UTF_8);
        assertThat(json).contains("\"acknowledged_by\":[\"\",\"encoder\"]");
        assertThat(ClaimCodec.readRelease(json.getBytes(UTF_8))).isEqualTo(release);
    }

    @Test
    void fieldsThatAreAddedLaterAreIgnored() {
        String json =
                "{\"version\":1,\"type\":\"deleted\",\"claim\":\"videos/" + ID + "\",\"x\":1}";
        assertThat(ClaimCodec.readEvent(json.getBytes(UTF_8)))
                .isEqualTo(new ClaimEvent.Deleted(CLAIM));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{}",
                "null",
                "[]",
                "{\"type\":\"deleted\",\"claim\":\"videos\"}",
                "{\"type\":\"deleted\",\"claim\":\"VIDEOS/0199a4d5-8c00-7000-8000-000000000001\"}",
                "{\"type\":\"eaten\",\"claim\":\"videos/0199a4d5-8c00-7000-8000-000000000001\"}",
                "{\"type\":\"held\",\"claim\":\"videos/0199a4d5-8c00-7000-8000-000000000001\"}"
            })
    void whatIsNoEventIsSaidToBeUnreadable(String json) {
        assertThatThrownBy(() -> ClaimCodec.readEvent(json.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.RECORD_UNREADABLE));
    }

    @Test
    void aKeyReadsBack() {
        assertThat(ClaimKey.parse(CLAIM.toString())).isEqualTo(CLAIM);
        assertThat(new String(ClaimCodec.key(CLAIM), UTF_8)).isEqualTo("videos/" + ID);
    }
}
