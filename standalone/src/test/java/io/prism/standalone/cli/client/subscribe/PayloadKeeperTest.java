package io.prism.standalone.cli.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.v1.Event;
import io.prism.v1.Message;
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

    @Test
    void aMessageOfAQueueKeepsItsNameWhenItIsDeliveredAgain() {
        Message.Builder message =
                Message.newBuilder()
                        .setTopic("jobs")
                        .setPartition(2)
                        .setOffset(7)
                        .setPublishedId("m-1");
        String first =
                PayloadKeeper.fileName(Delivery.of(message.setMessageId("m-1@gw.1").build()));
        String again =
                PayloadKeeper.fileName(Delivery.of(message.setMessageId("m-1@gw.2").build()));
        assertThat(first).isEqualTo(again).isEqualTo("jobs-2-7-m-1");
    }

    private static String name(String topic, String id) {
        return PayloadKeeper.fileName(
                Delivery.of(
                        Event.newBuilder()
                                .setTopic(topic)
                                .setPartition(2)
                                .setOffset(7)
                                .setMessageId(id)
                                .build()));
    }
}
