package dev.kiln.server.metrics;

import dev.kiln.core.Answered;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Route;
import dev.kiln.server.http.CallObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Who asked, who was answered, and who was refused for what; since the start.
///
/// **Threads:** any; counting never blocks.
public final class CallerTable implements CallObserver {
    /// Callers with a line of their own; whoever comes later is counted together.
    static final int MOST = 1024;

    /// The line of those beyond [#MOST].
    static final String OTHERS = "others";

    /// The line of those who were refused before they were proved.
    public static final String UNPROVED = "unproved";

    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    private static final class Line {
        private final LongAdder answered = new LongAdder();
        private final LongAdder late = new LongAdder();
        private final Map<Refusal, LongAdder> refused = new ConcurrentHashMap<>();
    }

    /// What became of one caller's calls.
    ///
    /// @param late those of the answered that were so after their caller's time
    public record Row(long answered, long late, Map<Refusal, Long> refused) {
        /// All its calls.
        public long asked() {
            return answered + refused.values().stream().mapToLong(Long::longValue).sum();
        }

        /// Those that were taken in and answered late or not at all.
        public long missed() {
            return late
                    + refused.getOrDefault(Refusal.RUN_EXPIRED, 0L)
                    + refused.getOrDefault(Refusal.RUN_EXPIRED_IN_QUEUE, 0L);
        }
    }

    @Override
    public void answered(Route route, Answered answered, String source, long tookNanos) {
        Line line = line(answered.caller().isPresent() ? answered.caller().get().name() : UNPROVED);
        if (answered.refusal().isPresent()) {
            count(line, answered.refusal().get());
        } else {
            line.answered.increment();
            if (answered.late()) {
                line.late.increment();
            }
        }
    }

    @Override
    public void refused(String route, Refused refused, String source) {
        count(line(UNPROVED), refused.reason());
    }

    /// Everybody, by name.
    public Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        lines.forEach((caller, line) -> {
            Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
            line.refused.forEach((reason, count) -> refused.put(reason, count.sum()));
            rows.put(caller, new Row(line.answered.sum(), line.late.sum(), refused));
        });
        return rows;
    }

    private static void count(Line line, Refusal reason) {
        line.refused.computeIfAbsent(reason, _ -> new LongAdder()).increment();
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
