package io.prism.standalone.cli.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.v1.Event;
import org.junit.jupiter.api.Test;

class PayloadKeeperTest {
    @Test
    void aNameHoldsTopicPlaceAndId() {
        assertThat(name("orders.created", "m-1")).isEqualTo("orders.created-2-7-m-1");
    }

    @Test
    void whatMeansSomethingToAFileSystemBecomesAnUnderscore() {
        assertThat(name("a", "../b/c\\d:e*f\u0000g")).isEqualTo("a-2-7-.._b_c_d_e_f_g");
        assertThat(name("..", "x")).startsWith("_");
    }

    @Test
    void longNamesAreCutAndStayApart() {
        String one = name("t".repeat(249), "x".repeat(500) + "1");
        String other = name("t".repeat(249), "x".repeat(500) + "2");
        assertThat(one).hasSizeLessThan(200).isNotEqualTo(other).contains("-2-7-");
    }

    private static String name(String topic, String id) {
        return PayloadKeeper.fileName(
                Event.newBuilder()
                        .setTopic(topic)
                        .setPartition(2)
                        .setOffset(7)
                        .setMessageId(id)
                        .build());
    }
}
