package dev.kiln.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Admission;
import dev.kiln.core.Usage;
import dev.kiln.server.metrics.CallerTable;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What an operator may ask about callers.
///
/// **Threads:** any.
public record CallersApi(CallerTable table, Usage usage, Admission admission) {
    private static final CallerTable.Row NOTHING = new CallerTable.Row(0, Map.of());
    private static final Usage.Part NO_TIME = new Usage.Part(0, 0);

    ArrayNode callers() {
        Map<String, CallerTable.Row> rows = table.rows();
        Map<String, Usage.Part> parts = usage.parts();
        double given = parts.values().stream().mapToDouble(Usage.Part::given).sum();
        double entitled = parts.values().stream().mapToDouble(Usage.Part::entitled).sum();
        Set<String> names = new TreeSet<>(rows.keySet());
        names.addAll(parts.keySet());
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
        }
        return all;
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
