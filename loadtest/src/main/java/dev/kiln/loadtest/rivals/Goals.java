package dev.kiln.loadtest.rivals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Promised figures beside measured ones: name, floor, aim, measured, verdict.
///
/// **Threads:** confined to one.
public final class Goals {
    private final List<Row> rows = new ArrayList<>();
    private final Consumer<String> progress;

    /// @param progress told each figure as it comes, a line at a time
    Goals(Consumer<String> progress) {
        this.progress = progress;
    }

    /// @param atLeast whether more is better
    /// @param aim 0 where there is none
    private record Row(String name, boolean atLeast, double floor, double aim, double measured) {
        boolean kept() {
            return atLeast ? measured >= floor : measured <= floor;
        }

        String verdict() {
            // Nothing measured is nothing kept.
            boolean aimed = aim != 0 && (atLeast ? measured >= aim : measured <= aim);
            return !kept() ? "missed" : aimed ? "aim reached" : "kept";
        }

        String sign() {
            return atLeast ? "≥ " : "≤ ";
        }
    }

    /// More is better.
    void least(String name, double floor, double aim, double measured) {
        add(new Row(name, true, floor, aim, measured));
    }

    /// Less is better.
    void most(String name, double floor, double aim, double measured) {
        add(new Row(name, false, floor, aim, measured));
    }

    private void add(Row row) {
        rows.add(row);
        progress.accept(
                "  %s: %s (%s)"
                        .formatted(row.name(), RivalText.number(row.measured()), row.verdict()));
    }

    /// Whether every floor was kept.
    public boolean kept() {
        return !rows.isEmpty() && rows.stream().allMatch(Row::kept);
    }

    /// As a table in Markdown.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("| figure | floor | aim | measured | verdict |");
        lines.add("|---|---|---|---|---|");
        for (Row row : rows) {
            lines.add(
                    "| %s | %s%s | %s | %s | %s |"
                            .formatted(
                                    row.name(),
                                    row.sign(),
                                    RivalText.number(row.floor()),
                                    row.aim() == 0 ? "" : RivalText.number(row.aim()),
                                    RivalText.number(row.measured()),
                                    row.verdict()));
        }
        return lines;
    }

    /// With stable keys.
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kept", kept());
        tree.put("figures", rows.stream().map(Goals::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Row row) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", row.name());
        tree.put("at_least", row.atLeast());
        tree.put("floor", row.floor());
        if (row.aim() != 0) {
            tree.put("aim", row.aim());
        }
        tree.put("measured", row.measured());
        tree.put("verdict", row.verdict());
        return tree;
    }
}
