package dev.kiln.loadtest.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A comparison as lines for people.
public final class CompareText {
    private static final String ROW = "%-22s %12s %12s %12s   %-24s %s";

    private CompareText() {}

    public static List<String> of(Comparison comparison) {
        List<String> lines = new ArrayList<>();
        comparison.overridden().forEach(reason -> lines.add("forced      " + reason));
        lines.add(
                ROW.formatted("", "before", "after", "change", "interval of the change", "")
                        .stripTrailing());
        comparison.changes().forEach(change -> lines.add(row(change)));
        lines.add("");
        comparison
                .differences()
                .forEach(difference ->
                        lines.add(
                                "differs     %s: %s → %s"
                                        .formatted(
                                                difference.what(),
                                                difference.before(),
                                                difference.after())));
        if (comparison.differences().isEmpty()) {
            lines.add("differs     nothing that the reports name");
        }
        lines.add("");
        lines.add("verdict     " + comparison.word().toUpperCase(Locale.ROOT));
        lines.add("            " + comparison.statement());
        return lines;
    }

    private static String row(Comparison.Change change) {
        return ROW.formatted(
                        change.name(),
                        value(change.before(), change.unit()),
                        value(change.after(), change.unit()),
                        change(change),
                        interval(change),
                        change.word().equals("same") ? "" : change.word().toUpperCase(Locale.ROOT))
                .stripTrailing();
    }

    /// A figure with its unit.
    public static String value(@Nullable Double value, String unit) {
        if (value == null) {
            return "–";
        }
        return switch (unit) {
            case "share" -> "%.3f %%".formatted(value * 100);
            case "score" -> "%.4f".formatted(value);
            case "ms" -> "%.2f ms".formatted(value);
            default -> "%.1f %s".formatted(value, unit).replace(" /", "/");
        };
    }

    /// A change as signed per cent, points or score.
    public static String change(Comparison.Change change) {
        return signed(change.change(), change);
    }

    /// Where the change lies.
    public static String interval(Comparison.Change change) {
        var interval = change.interval();
        if (interval == null || (interval.low() == null && interval.high() == null)) {
            return "–";
        }
        return "%s to %s%s"
                .formatted(
                        number(interval.low(), change),
                        number(interval.high(), change),
                        unit(change));
    }

    private static String signed(@Nullable Double value, Comparison.Change change) {
        return number(value, change) + unit(change);
    }

    private static String number(@Nullable Double value, Comparison.Change change) {
        if (value == null) {
            return "?";
        }
        if (change.kind().equals("ratio")) {
            return "%+.1f".formatted((value - 1) * 100);
        }
        return change.unit().equals("share")
                ? "%+.3f".formatted(value * 100)
                : "%+.4f".formatted(value);
    }

    private static String unit(Comparison.Change change) {
        if (change.kind().equals("ratio")) {
            return " %";
        }
        return change.unit().equals("share") ? " points" : "";
    }
}
