package dev.kiln.loadtest.rivals;

import java.util.function.ToDoubleFunction;

/// What tables and plots show of a start.
///
/// @param of not a number where it was not measured
record Figure(String words, String unit, ToDoubleFunction<Result> of) {
    static final Figure PEAK =
            new Figure(
                    "throughput", "right answers a second, closed loop", r -> r.peak().perSecond());

    static final Figure P50 =
            new Figure(
                    "p50 at 70 %",
                    "ms, at 70 % of its own peak, open loop",
                    r -> r.steady() == null ? Double.NaN : r.steady().p50Ms());

    static final Figure P99 =
            new Figure(
                    "p99 at 70 %",
                    "ms, at 70 % of its own peak, open loop",
                    r -> r.steady() == null ? Double.NaN : r.steady().p99Ms());

    static final Figure GOODPUT =
            new Figure(
                    "goodput at 2×",
                    "right answers within 2 s, a second, at twice its own peak",
                    r -> r.overload() == null ? Double.NaN : r.overload().goodPerSecond());

    static final Figure KEPT =
            new Figure(
                    "of its peak",
                    "goodput at 2× over its own peak",
                    r ->
                            r.overload() == null
                                    ? Double.NaN
                                    : r.overload().goodPerSecond() / r.peak().perSecond());
}
