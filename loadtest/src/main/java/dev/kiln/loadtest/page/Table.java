package dev.kiln.loadtest.page;

import java.util.ArrayList;
import java.util.List;

/// A table of texts. On a narrow screen each row of a table of cards becomes a block of its own.
///
/// @param caption what the rows are
/// @param heads of the columns; the first column names the row, the others hold figures
/// @param style `cards`, or empty for a plain table
record Table(String caption, List<String> heads, List<List<String>> rows, String style) {
    Table {
        heads = List.copyOf(heads);
        rows = rows.stream().map(List::copyOf).toList();
    }

    static Table of(String caption, List<String> heads) {
        return new Table(caption, heads, List.of(), "");
    }

    static Table cards(String caption, List<String> heads) {
        return new Table(caption, heads, List.of(), "cards");
    }

    Table row(String... cells) {
        return rows(List.of(List.of(cells)));
    }

    /// The same with more rows.
    Table rows(List<List<String>> more) {
        List<List<String>> all = new ArrayList<>(rows);
        all.addAll(more);
        return new Table(caption, heads, all, style);
    }

    void write(Html html) {
        html.open(
                "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
        html.open("table", "class", style).element("caption", caption);
        html.open("thead").open("tr");
        heads.forEach(head -> html.element("th", head, "scope", "col"));
        html.close("tr").close("thead").open("tbody");
        for (List<String> row : rows) {
            html.open("tr").element("th", row.getFirst(), "scope", "row");
            for (int i = 1; i < row.size(); i++) {
                html.element("td", row.get(i), "data-head", heads.get(i));
            }
            html.close("tr");
        }
        html.close("tbody").close("table").close("div");
    }
}
