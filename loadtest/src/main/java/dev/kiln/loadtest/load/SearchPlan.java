package dev.kiln.loadtest.load;

import java.util.List;

/// How a search goes.
///
/// @param from the first rate of the ladder, per second
/// @param to the last rate that is tried
/// @param seconds of each step
/// @param closeness the search ends once the bounds are this near: 1.05 means 5 %
/// @param overloads factors of the capacity that are tried afterwards
public record SearchPlan(
        double from, double to, double seconds, double closeness, List<Double> overloads) {}
