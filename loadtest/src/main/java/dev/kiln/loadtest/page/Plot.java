package dev.kiln.loadtest.page;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One plot: what the page's script draws, and what stands beside it for those who cannot see it.
///
/// @param id of the canvas
/// @param note one sentence on how to read it
/// @param size `large`, `middle` or `small`
/// @param table the same numbers
record Plot(String id, String title, String note, String size, Drawing drawing, Table table) {
    /// What is drawn.
    ///
    /// @param categories of horizontal bars from x to y, one for each point of the only series; empty for curves
    record Drawing(Axis x, Axis y, List<Series> series, List<Mark> marks, List<String> categories) {
        Drawing {
            series = List.copyOf(series);
            marks = List.copyOf(marks);
            categories = categories.stream().map(name -> Plain.text(name, Plain.NAME)).toList();
        }

        static Drawing curves(Axis x, Axis y, List<Series> series, List<Mark> marks) {
            return new Drawing(x, y, series, marks, List.of());
        }
    }

    /// @param scale `linear`, `log`, or `percentile` for 1 / (1 - share) on a logarithmic axis
    /// @param min the least shown; absent where the data decide
    record Axis(String scale, String title, @Nullable Double min) {
        static Axis linear(String title) {
            return new Axis("linear", title, null);
        }

        static Axis fromZero(String title) {
            return new Axis("linear", title, 0.0);
        }

        static Axis log(String title) {
            return new Axis("log", title, null);
        }
    }

    /// @param color a name that the page's style knows
    /// @param shape `line`, `dashed`, `area`, `dots` or `bars`
    /// @param y `null` leaves a gap
    record Series(
            String name, String color, String shape, List<Double> x, List<@Nullable Double> y) {
        Series {
            x = List.copyOf(x);
        }

        Stream<Double> known() {
            return y.stream().filter(value -> value != null).map(Double.class::cast);
        }
    }

    /// A straight line across.
    ///
    /// @param axis `x` or `y`
    record Mark(String axis, double at, String name, String color) {}

    void write(Html html) {
        html.open("figure", "class", size).open("figcaption").element("h3", title);
        html.element("p", note).close("figcaption");
        html.open("div", "class", "plot");
        html.open("canvas", "id", id, "role", "img", "aria-label", title + ". " + note);
        html.close("canvas").close("div");
        html.open("details", "open", "", "class", "numbers");
        html.element("summary", "The numbers", "aria-label", "The numbers: " + title);
        table.write(html);
        html.close("details").close("figure");
    }
}
