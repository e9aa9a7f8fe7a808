package dev.kiln.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// SIGTERM and SIGINT: the first asks for a drain, the second ends the process at once with exit code 1. SIGHUP asks to
/// look at files that may have changed.
///
/// A shutdown hook would do for the first, but then the JVM takes no second signal and exits with 143. The JDK's door
/// to signals, `sun.misc.Signal`, is opened by reflection because the compiler has no way to be told that it is meant.
/// Where it is shut, signals end the process as they always did.
final class Signals {
    private static final System.Logger LOG = System.getLogger(Signals.class.getName());

    private static final String HANGUP = "HUP";

    private final CountDownLatch asked = new CountDownLatch(1);

    /// Written by whoever starts the server, once.
    private volatile Runnable onHangup = () -> {};

    private Signals() {}

    /// Listens from now on.
    static Signals listen() {
        Signals signals = new Signals();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler arrived = signals::arrived;
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handler}, arrived);
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : new String[] {"TERM", "INT", HANGUP}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (ReflectiveOperationException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "signals cannot be handled: no drain on SIGTERM",
                    e);
        }
        return signals;
    }

    /// What SIGHUP does from now on; before, it does nothing.
    ///
    /// @param work quick and never blocking; runs on a thread of the JVM
    void onHangup(Runnable work) {
        onHangup = work;
    }

    /// Waits for the first.
    void await() throws InterruptedException {
        asked.await();
    }

    private @Nullable Object arrived(Object proxy, Method method, Object @Nullable [] arguments) {
        if (!method.getName().equals("handle")) {
            return method.getName().equals("hashCode") ? System.identityHashCode(proxy) : null;
        }
        if (arguments != null && "SIGHUP".equals(String.valueOf(arguments[0]))) {
            onHangup.run();
            return null;
        }
        if (asked.getCount() == 0) {
            System.err.println("second signal: stopping at once, calls inside are lost");
            Runtime.getRuntime().halt(1);
        }
        asked.countDown();
        return null;
    }
}
