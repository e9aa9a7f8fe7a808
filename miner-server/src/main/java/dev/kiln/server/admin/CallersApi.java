package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.bittensor.wire.CallerClocks;
import dev.kiln.core.Admission;
import dev.kiln.core.Usage;
import dev.kiln.server.metrics.CallerTable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What an operator may ask about callers.
///
/// **Threads:** any.
public record CallersApi(CallerTable table, Usage usage, Admission admission, CallerClocks clocks) {
    private static final CallerTable.Row NOTHING = new CallerTable.Row(0, 0, Map.of());
    private static final Usage.Part NO_TIME = new Usage.Part(0, 0);
    private static final CallerClocks.Ages NO_CLOCK =
            new CallerClocks.Ages(Optional.empty(), Optional.empty());

    ArrayNode callers() {
        Map<String, CallerTable.Row> rows = table.rows();
        Map<String, Usage.Part> parts = usage.parts();
        Map<String, CallerClocks.Ages> ages = clocks.ages();
        double given = parts.values().stream().mapToDouble(Usage.Part::given).sum();
        double entitled = parts.values().stream().mapToDouble(Usage.Part::entitled).sum();
        Set<String> names = new TreeSet<>(rows.keySet());
        names.addAll(parts.keySet());
        names.addAll(ages.keySet());
        ArrayNode all = AdminApi.JSON.createArrayNode();
        for (String name : names) {
            CallerTable.Row row = rows.getOrDefault(name, NOTHING);
            Usage.Part part = parts.getOrDefault(name, NO_TIME);
            ObjectNode one = all.addObject();
            one.put("caller", name);
            one.put("asked", row.asked());
            one.put("answered", row.answered());
            one.put("missed", row.missed());
            ObjectNode refused = one.putObject("refused");
            row.refused().forEach((reason, count) -> refused.put(reason.name(), count));
            one.put("engine_seconds", rounded(part.given()));
            one.put("share_given", share(part.given(), given));
            one.put("share_entitled", share(part.entitled(), entitled));
            tell(ages.getOrDefault(name, NO_CLOCK), one);
        }
        return all;
    }

    /// In milliseconds, negative where the caller's clock is ahead.
    private static void tell(CallerClocks.Ages ages, ObjectNode one) {
        ages.proved().map(Duration::toMillis).ifPresent(age -> one.put("clock_age_ms", age));
        ages.refused().map(Duration::toMillis).ifPresent(age -> one.put("refused_age_ms", age));
    }

    /// Has all calls of a caller given up that are inside.
    int cancel(String caller) {
        return admission.cancel(caller);
    }

    private static double share(double part, double all) {
        return all > 0 ? rounded(part / all) : 0;
    }

    private static double rounded(double value) {
        return Math.rint(value * 1e4) / 1e4;
    }
}
