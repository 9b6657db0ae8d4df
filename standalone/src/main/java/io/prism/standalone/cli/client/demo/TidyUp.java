package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.List;

/** The last step of a chapter that leaves topics behind. */
final class TidyUp {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private TidyUp() {}

    /** Deletes the namespace, which was the last thing made, and checks that its topics go. */
    static void topics(Stage stage, KafkaView kafka, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Deleting the namespace with its data leaves nothing behind");
        narrator.say("Its topics until now:");
        kafka.topics(namespace + ".").forEach(narrator::show);
        if (stage.keep()) {
            narrator.say("Kept, as asked: namespace " + namespace);
            return;
        }
        stage.undoLast();
        List<String> left =
                Eventually.see(() -> kafka.topics(namespace + "."), List::isEmpty, PATIENCE);
        narrator.check("no topic of it is left, nor what was derived from it", left.isEmpty());
    }
}
