package dev.kiln.core;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;

/// Who got how much of the engines' time, and how much was theirs by the policy while they had something waiting.
///
/// **Threads:** any; none blocks.
public final class Usage {
    /// Callers with a line of their own; whoever comes later is counted under [#OTHERS].
    static final int MOST = 1024;

    public static final String OTHERS = "others";

    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    private static final class Line {
        private final DoubleAdder given = new DoubleAdder();
        private final DoubleAdder entitled = new DoubleAdder();
    }

    /// One caller's part, in seconds.
    ///
    /// @param given engine time spent on it
    /// @param entitled engine time that the policy gave it, of the time in which it had something waiting or running
    public record Part(double given, double entitled) {}

    void gave(String caller, double nanos) {
        line(caller).given.add(nanos);
    }

    void owed(String caller, double nanos) {
        line(caller).entitled.add(nanos);
    }

    /// Everybody's, by name.
    public Map<String, Part> parts() {
        Map<String, Part> parts = new TreeMap<>();
        lines.keySet().forEach(caller -> parts.put(caller, part(caller)));
        return parts;
    }

    /// One caller's; nothing where it is unknown.
    public Part part(String caller) {
        Line line = lines.get(caller);
        return line == null
                ? new Part(0, 0)
                : new Part(line.given.sum() / 1e9, line.entitled.sum() / 1e9);
    }

    private Line line(String caller) {
        Line known = lines.get(caller);
        if (known != null) {
            return known;
        }
        String name = lines.size() < MOST ? caller : OTHERS;
        return lines.computeIfAbsent(name, _ -> new Line());
    }
}
