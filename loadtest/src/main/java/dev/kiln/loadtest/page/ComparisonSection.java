package dev.kiln.loadtest.page;

import dev.kiln.loadtest.compare.CompareText;
import dev.kiln.loadtest.compare.Comparison;
import java.util.List;

/// How the run stands beside an earlier one.
final class ComparisonSection {
    private final Comparison comparison;

    ComparisonSection(Comparison comparison) {
        this.comparison = comparison;
    }

    void write(Html html) {
        html.open("section").element("h2", "Beside the earlier run");
        html.open("p").element("strong", word()).text(" " + comparison.statement()).close("p");
        if (!comparison.overridden().isEmpty()) {
            html.element(
                    "p",
                    "Compared all the same: " + String.join("; ", comparison.overridden()),
                    "class",
                    "alarm");
        }
        Table.cards(
                        "Changes since " + comparison.before().started(),
                        List.of(
                                "figure",
                                "before",
                                "after",
                                "change",
                                "interval of the change",
                                "found by",
                                "verdict"))
                .rows(comparison.changes().stream().map(ComparisonSection::row).toList())
                .write(html);
        Table differences = Table.cards("What else differs", List.of("", "before", "after"));
        if (!comparison.differences().isEmpty()) {
            differences
                    .rows(
                            comparison.differences().stream()
                                    .map(difference ->
                                            List.of(
                                                    difference.what(),
                                                    difference.before(),
                                                    difference.after()))
                                    .toList())
                    .write(html);
        }
        html.close("section");
    }

    private String word() {
        return switch (comparison.word()) {
            case "worse" -> "✕ Worse.";
            case "better" -> "✓ Better.";
            default -> "= The same within noise.";
        };
    }

    private static List<String> row(Comparison.Change change) {
        return List.of(
                change.name(),
                CompareText.value(change.before(), change.unit()),
                CompareText.value(change.after(), change.unit()),
                CompareText.change(change),
                CompareText.interval(change),
                change.how(),
                switch (change.word()) {
                    case "worse" -> "✕ worse";
                    case "better" -> "✓ better";
                    default -> "within noise";
                });
    }
}
