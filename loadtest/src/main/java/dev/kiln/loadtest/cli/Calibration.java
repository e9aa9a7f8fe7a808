package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.JudgeThread;
import dev.kiln.loadtest.traffic.Ledger;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Validator;
import java.time.Duration;
import java.util.List;

/// Finds a rate that the box can hold while it also judges: a warm-up that does not count, then a short closed loop.
final class Calibration {
    /// Share of the measured pace that is asked for.
    static final double SHARE = 0.4;

    private static final int IN_FLIGHT = 8;
    private static final Duration WARM_UP = Duration.ofMillis(1500);
    private static final Duration MEASURED = Duration.ofSeconds(2);
    private static final double MOST = 2000;

    /// A slow box is pressed a little harder, so that a short run still answers enough pairs to judge.
    private static final double FEW = 10;

    private static final double SHARE_OF_FEW = 0.7;

    private Calibration() {}

    /// What was measured and chosen, both in questions per second.
    record Pace(double measured, double chosen) {}

    /// Asks as fast as answers come, and chooses a rate well under that.
    static Pace measure(List<Validator> validators, Timetable.Plan like, List<Pair> pairs)
            throws InterruptedException, Failure {
        // Other questions than those of the run itself: its figures must not profit from a warm
        // cache.
        var plan = new Timetable.Plan(~like.seed(), 1e6, 3600, like.callers(), like.model());
        var questions = new Timetable(plan, pairs);
        try (var judging =
                new JudgeThread(
                        new Judge(like.model(), 0),
                        new Ledger(validators.size(), Long.MAX_VALUE))) {
            var loop = new ClosedLoop(validators, IN_FLIGHT, judging);
            loop.run(questions, WARM_UP);
            ClosedLoop.Pace pace = loop.run(questions, MEASURED);
            if (pace.answered() == 0) {
                throw new Failure(
                        Failure.CANNOT_RUN,
                        "the miner answered nothing in %d ms; look at its log"
                                .formatted(MEASURED.toMillis()));
            }
            return new Pace(pace.rate(), chosen(pace.rate()));
        }
    }

    private static double chosen(double pace) {
        double least = Math.min(pace * SHARE_OF_FEW, FEW);
        return Math.min(Math.max(pace * SHARE, least), MOST);
    }
}
