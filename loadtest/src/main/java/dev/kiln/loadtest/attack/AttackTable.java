package dev.kiln.loadtest.attack;

import java.util.List;
import java.util.stream.Stream;

/// Every attack, in the order in which they are tried.
public final class AttackTable {
    private AttackTable() {}

    /// All rows.
    public static List<Case> all() {
        return Stream.of(
                        ControlCases.rows(),
                        SignatureCases.rows(),
                        ClockCases.rows(),
                        ReplayCases.rows(),
                        CallerCases.receivers(),
                        CallerCases.roster(),
                        CallerCases.dialects(),
                        CallerCases.keys(),
                        BodyCases.rows(),
                        RouteCases.rows(),
                        FramingCases.rows(),
                        LimitCases.sizes(),
                        LimitCases.slow(),
                        LimitCases.limits(),
                        AnswerCases.rows(),
                        ReplayCases.restarts())
                .flatMap(List::stream)
                .toList();
    }
}
