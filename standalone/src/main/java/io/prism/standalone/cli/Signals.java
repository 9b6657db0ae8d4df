package io.prism.standalone.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Termination signals. The first asks to stop in order; the second ends the JVM at once, which a
 * shutdown hook could not do. The JDK's signal API is reached by reflection because naming it is a
 * compiler warning that cannot be switched off.
 */
final class Signals {
    private static final String[] NAMES = {"INT", "TERM", "HUP"};

    private Signals() {}

    /**
     * Takes over INT, TERM and HUP.
     *
     * @param atOnce run on the second signal, before the JVM is halted with {@link
     *     ExitCodes#KILLED}
     * @return completes with the name of the first signal
     */
    static CompletableFuture<String> first(Runnable atOnce) {
        var first = new CompletableFuture<String>();
        var count = new AtomicInteger();
        for (String name : NAMES) {
            handle(
                    name,
                    () -> {
                        if (count.incrementAndGet() == 1) {
                            first.complete(name);
                            return;
                        }
                        try {
                            atOnce.run();
                        } finally {
                            Runtime.getRuntime().halt(ExitCodes.KILLED);
                        }
                    });
        }
        return first;
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal =
                    (proxy, method, args) -> {
                        switch (method.getName()) {
                            case "handle" -> {
                                action.run();
                                return null;
                            }
                            case "equals" -> {
                                return args != null && proxy == args[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            default -> {
                                return "signal handler for " + name;
                            }
                        }
                    };
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException unsupported) {
            // This JVM or system has no such signal; then nobody sends it either.
            return;
        }
    }
}
