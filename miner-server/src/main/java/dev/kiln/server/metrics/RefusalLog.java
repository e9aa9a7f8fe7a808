package dev.kiln.server.metrics;

import dev.kiln.core.Refusal;
import dev.kiln.core.Time;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One line for each refusal, a few a second for each reason; the rest is counted in a line of its own.
///
/// **Threads:** any; one short lock.
public final class RefusalLog {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LONGEST = 300;

    private static final class Window {
        private long beganTick;
        private int lines;
        private long suppressed;
    }

    private final int perSecond;
    private final Consumer<String> out;
    private final Time time;

    /// Guarded by this.
    private final Map<Refusal, Window> windows = new EnumMap<>(Refusal.class);

    /// A log that lets so many lines through.
    ///
    /// @param perSecond lines a second for each reason, at least 1
    public RefusalLog(int perSecond, Consumer<String> out, Time time) {
        this.perSecond = perSecond;
        this.out = out;
        this.time = time;
    }

    /// Notes one refusal.
    ///
    /// @param route the path as configured, or `other`
    /// @param who the proved caller, or the peer's address
    public void refused(Refusal reason, String route, String who, String detail) {
        synchronized (this) {
            Window window = windows.computeIfAbsent(reason, _ -> new Window());
            roll(reason, window, time.tick());
            if (window.lines >= perSecond) {
                window.suppressed++;
                return;
            }
            window.lines++;
        }
        out.accept(line("refused %s %s %s: %s".formatted(reason, route, who, detail)));
    }

    /// Says what was suppressed where a second is over. To be called about every second.
    public synchronized void flush() {
        long now = time.tick();
        windows.forEach((reason, window) -> roll(reason, window, now));
    }

    private void roll(Refusal reason, Window window, long now) {
        if (now - window.beganTick < WINDOW_NANOS && window.lines > 0) {
            return;
        }
        if (window.suppressed > 0) {
            out.accept("refused %s: suppressed %d lines".formatted(reason, window.suppressed));
        }
        window.beganTick = now;
        window.lines = 0;
        window.suppressed = 0;
    }

    /// Printable ASCII in one line: nobody writes lines of their own into our log.
    private static String line(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST));
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            line.append(c >= ' ' && c < 127 ? c : '?');
        }
        return line.toString();
    }
}
