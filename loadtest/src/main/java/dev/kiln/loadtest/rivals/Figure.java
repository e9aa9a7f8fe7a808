package dev.kiln.loadtest.rivals;

import java.util.function.ToDoubleFunction;

/// What tables and plots show of a start.
///
/// @param of not a number where it was not measured
record Figure(String words, String unit, ToDoubleFunction<Result> of) {
    /// Milliseconds at p99: where the generator itself was later than this, what it saw is its own doing.
    static final double LATEST = 50;

    static final Figure PEAK =
            new Figure(
                    "throughput", "right answers a second, closed loop", r -> r.peak().perSecond());

    static final Figure P50 =
            new Figure(
                    "p50 at 70 %",
                    "ms, at 70 % of its own peak, open loop", r -> steady(r, Result.Steady::p50Ms));

    static final Figure P99 =
            new Figure(
                    "p99 at 70 %",
                    "ms, at 70 % of its own peak, open loop", r -> steady(r, Result.Steady::p99Ms));

    static final Figure GOODPUT =
            new Figure(
                    "goodput at 2×",
                    "right answers within 2 s, a second, at twice its own peak",
                    Figure::goodput);

    static final Figure KEPT =
            new Figure(
                    "of its peak",
                    "goodput at 2× over its own peak",
                    r -> goodput(r) / r.peak().perSecond());

    private static double steady(Result result, ToDoubleFunction<Result.Steady> of) {
        Result.Steady steady = result.steady();
        return steady != null && steady.latenessP99Ms() <= LATEST
                ? of.applyAsDouble(steady)
                : Double.NaN;
    }

    private static double goodput(Result result) {
        Result.Overload overload = result.overload();
        return overload != null && overload.latenessP99Ms() <= LATEST
                ? overload.goodPerSecond()
                : Double.NaN;
    }
}
