package io.prism.standalone.embedded;

/** Waiting for something outside this JVM that can only be polled. */
final class Pause {
    private Pause() {}

    /** False, with the interrupt kept, when the thread was interrupted. */
    static boolean millis(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
