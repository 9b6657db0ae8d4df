package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Names in Redis. The braces put all of a namespace into one hash slot. */
record Keys(String namespace) {
    byte[] value(String key) {
        return ("prism:{" + namespace + "}:" + key).getBytes(UTF_8);
    }

    byte[] lease(String key) {
        return ("prism:{" + namespace + "}%lease:" + key).getBytes(UTF_8);
    }

    byte[] fence(String key) {
        return ("prism:{" + namespace + "}%fence:" + key).getBytes(UTF_8);
    }

    /** The fence that a clearing of the whole namespace leaves. */
    byte[] clearing() {
        return ("prism:{" + namespace + "}%clearing").getBytes(UTF_8);
    }

    byte[] generation() {
        return ("prism:{" + namespace + "}%generation").getBytes(UTF_8);
    }
}
