package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Whether two runs asked the same of their servers, and what else differs.
final class Workload {
    /// Rates nearer to each other than this are the same.
    private static final double SAME_RATE = 0.01;

    /// Load averages nearer to each other than this are the same.
    private static final double SAME_LOAD = 0.5;

    private Workload() {}

    static List<String> obstacles(LoadRun before, LoadRun after) {
        List<String> obstacles = new ArrayList<>();
        sound("the earlier", before, obstacles);
        sound("the later", after, obstacles);
        for (Comparison.Difference difference : asked(before, after)) {
            obstacles.add(
                    "different workloads: %s %s and %s"
                            .formatted(difference.what(), difference.before(), difference.after()));
        }
        return obstacles;
    }

    private static void sound(String which, LoadRun run, List<String> obstacles) {
        if (run.verdict().word().equals("void")) {
            obstacles.add(
                    "%s run is void: %s"
                            .formatted(which, String.join("; ", run.verdict().voids())));
        }
    }

    private static List<Comparison.Difference> asked(LoadRun before, LoadRun after) {
        var found = new Found();
        LoadRun.Plan a = before.setup().plan();
        LoadRun.Plan b = after.setup().plan();
        found.add("command", kind(before), kind(after));
        found.add("loop", a.loop(), b.loop());
        found.add("profile", a.profile(), b.profile());
        found.add("lengths", a.lengths(), b.lengths());
        found.add("deadline", a.deadlineMs() + " ms", b.deadlineMs() + " ms");
        found.add("receipts", a.receipts(), b.receipts());
        found.add("in flight", told(a.inFlight()), told(b.inFlight()));
        found.add("task", before.totals().quality().task(), after.totals().quality().task());
        found.add("validators", callers(before), callers(after));
        LoadRun.Search first = before.search();
        LoadRun.Search second = after.search();
        if (first != null && second != null) {
            found.add("objective", first.objective(), second.objective());
        } else if (Math.abs(a.ratePerS() - b.ratePerS())
                > SAME_RATE * Math.max(a.ratePerS(), b.ratePerS())) {
            found.add("rate", a.ratePerS() + "/s", b.ratePerS() + "/s");
        }
        return found.list;
    }

    private static String kind(LoadRun run) {
        return run.search() == null ? "run" : "search";
    }

    private static String callers(LoadRun run) {
        return run.validators().stream()
                .map(caller ->
                        "%s %.0f TAO %.0f ms"
                                .formatted(caller.dialect(), caller.stake(), caller.timeoutMs()))
                .toList()
                .toString();
    }

    static List<Comparison.Difference> differences(LoadRun before, LoadRun after) {
        var found = new Found();
        LoadRun.Setup a = before.setup();
        LoadRun.Setup b = after.setup();
        model(found, a.target().model(), b.target().model());
        found.add("target", a.target().url(), b.target().url());
        found.add("hotkey", a.target().hotkey(), b.target().hotkey());
        environment(found, a.environment(), b.environment());
        found.add("seed", told(a.plan().seed()), told(b.plan().seed()));
        found.add("seconds", told(a.plan().seconds()), told(b.plan().seconds()));
        found.add("warm-up", steady(a.warmUp()), steady(b.warmUp()));
        return found.list;
    }

    private static void model(Found found, LoadRun.Model a, LoadRun.Model b) {
        found.add("model", a.name(), b.name());
        found.add("model digest", a.sha256(), b.sha256());
        found.add("engine", a.engine(), b.engine());
        found.add("device asked for", a.deviceRequested(), b.deviceRequested());
        found.add("device active", a.deviceActive(), b.deviceActive());
        found.add("device proved", a.deviceProved(), b.deviceProved());
    }

    private static void environment(Found found, LoadRun.Environment a, LoadRun.Environment b) {
        found.add("Kiln", a.kiln(), b.kiln());
        found.add("revision", a.revision(), b.revision());
        found.add("system", a.os(), b.os());
        found.add("processor", a.cpu(), b.cpu());
        found.add("cores", told(a.cores()), told(b.cores()));
        found.add("JVM", a.jvm(), b.jvm());
        found.add("JVM flags", told(a.jvmFlags()), told(b.jvmFlags()));
        found.add("pinning", a.pinning(), b.pinning());
        if (Math.abs(a.loadAverage() - b.loadAverage()) > SAME_LOAD) {
            found.add("load average", told(a.loadAverage()), told(b.loadAverage()));
        }
    }

    private static String steady(LoadRun.WarmUp warmUp) {
        return warmUp.steady() ? "steady" : "not steady";
    }

    private static String told(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
    }

    /// Collects what is not equal.
    private static final class Found {
        private final List<Comparison.Difference> list = new ArrayList<>();

        void add(String what, String before, String after) {
            if (!Objects.equals(before, after)) {
                list.add(
                        new Comparison.Difference(
                                what,
                                before.isEmpty() ? "none" : before,
                                after.isEmpty() ? "none" : after));
            }
        }
    }
}
