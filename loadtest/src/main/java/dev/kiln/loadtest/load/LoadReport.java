package dev.kiln.loadtest.load;

import dev.kiln.loadtest.quality.Score;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.report.Distributions;
import dev.kiln.loadtest.report.Figures;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.report.Punctuality;
import dev.kiln.loadtest.report.Verdict;
import dev.kiln.loadtest.traffic.BatchFacts;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Ledger;
import dev.kiln.loadtest.traffic.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes a report of what was measured.
final class LoadReport {
    private final LoadTest test;
    private final Facts facts;

    /// What a run does not know of itself.
    ///
    /// @param command the words to run it again
    /// @param started ISO 8601
    record Facts(String command, String started, LoadRun.Environment environment) {}

    LoadReport(LoadTest test, Facts facts) {
        this.test = test;
        this.facts = facts;
    }

    LoadRun of(LoadTest.Measured measured, LoadRun.WarmUp warmUp, LoadRun.@Nullable Search search) {
        return new LoadRun(
                LoadRun.SCHEMA,
                outcome(measured),
                new LoadRun.Setup(
                        facts.command(),
                        facts.started(),
                        plan(measured.traffic()),
                        target(measured.result().counts().batches()),
                        facts.environment(),
                        warmUp),
                totals(measured),
                timing(measured),
                series(measured),
                callers(measured),
                served(measured),
                search);
    }

    private LoadRun.Outcome outcome(LoadTest.Measured measured) {
        List<String> voids = Soundness.voids(measured);
        Ledger.Counts counts = measured.result().counts();
        List<String> reasons = new ArrayList<>(Verdict.faults(counts));
        if (test.ask().examiner().subject().isPresent()) {
            Verdict.quality(reasons, counts);
        }
        Tally all = measured.chronicle().all();
        double good = all.offered == 0 ? 0 : all.good() / (double) all.offered;
        if (good < test.rules().good()) {
            reasons.add(
                    "%.2f %% of all answers were good within %d ms, the objective is %.2f %%"
                            .formatted(
                                    100 * good,
                                    test.rules().deadline().toMillis(),
                                    100 * test.rules().good()));
        }
        String word = !voids.isEmpty() ? "void" : reasons.isEmpty() ? "pass" : "fail";
        return new LoadRun.Outcome(word, List.copyOf(reasons), voids);
    }

    private LoadRun.Plan plan(Traffic traffic) {
        boolean closed = traffic.inFlight().isPresent();
        return new LoadRun.Plan(
                traffic.seed(),
                closed ? "closed" : "open",
                closed ? "in flight" : traffic.profile().spelled(),
                closed ? 0 : Figures.round(traffic.meanRate(), 3),
                Figures.round(traffic.seconds(), 3),
                traffic.lengths().words(),
                test.rules().deadline().toMillis(),
                test.ask().receipts() ? "kiln-1" : "off",
                closed ? Integer.valueOf(traffic.inFlight().getAsInt()) : null);
    }

    private LoadRun.Target target(BatchFacts batches) {
        Provenance.Facts said = batches.last();
        return new LoadRun.Target(
                test.ask().url().toString(),
                test.ask().miner().ss58(),
                test.ask().minerScheme().wireName(),
                test.cast().callers().stream()
                        .map(Caller::spoken)
                        .distinct()
                        .collect(Collectors.joining(",")),
                new LoadRun.Model(
                        test.ask().model(),
                        said.sha256(),
                        said.engine(),
                        said.requested(),
                        said.active(),
                        said.device()));
    }

    private LoadRun.Totals totals(LoadTest.Measured measured) {
        Tally all = measured.chronicle().all();
        Ledger.Reasons reasons = measured.result().counts().reasons();
        return new LoadRun.Totals(
                all.offered,
                all.offered - all.unsent,
                all.answered,
                all.late,
                all.good(),
                new LoadRun.Failures(
                        all.refused,
                        all.expired,
                        all.wrong,
                        all.unproved,
                        all.lost,
                        all.unsent,
                        all.unsigned,
                        all.mistaken),
                new LoadRun.Causes(
                        reasons.refused(), reasons.wrong(), reasons.unproved(), reasons.lost()),
                rates(measured),
                quality(measured.result().counts()));
    }

    private LoadRun.Rates rates(LoadTest.Measured measured) {
        Tally all = measured.chronicle().all();
        double seconds = measured.traffic().seconds();
        return new LoadRun.Rates(
                Figures.round(all.offered / seconds, 3),
                Figures.round(all.answered / seconds, 3),
                Figures.round(all.good() / seconds, 3),
                Figures.round(all.good() / (double) all.offered, 6),
                Figures.round(measured.chronicle().payShare(), 6),
                Figures.round(measured.chronicle().paid() / seconds, 3),
                test.rules().pay().words());
    }

    private LoadRun.Quality quality(Ledger.Counts counts) {
        Map<String, Long> wrong = counts.reasons().wrong();
        long crossTalk =
                wrong.getOrDefault(Judge.CROSS_TALK, 0L) + wrong.getOrDefault(Judge.MIXED_UP, 0L);
        Optional<Subject> subject = test.ask().examiner().subject();
        if (subject.isEmpty()) {
            return new LoadRun.Quality("none", "not judged", null, 0, 0, crossTalk, null, null);
        }
        Score score = counts.score();
        Score.Measure headline = score.headline();
        return new LoadRun.Quality(
                subject.get().task(),
                headline.name(),
                rounded(headline.value()),
                headline.bound().orElse(0),
                score.scored(),
                crossTalk,
                score.measures().stream().map(LoadReport::measure).toList(),
                score.reliability().isEmpty()
                        ? null
                        : score.reliability().stream().map(LoadReport::bin).toList());
    }

    private static LoadRun.Measure measure(Score.Measure measure) {
        return new LoadRun.Measure(
                measure.name(),
                rounded(measure.value()),
                rounded(measure.bound()),
                measure.more() ? "least" : "most",
                measure.holds());
    }

    private static LoadRun.Bin bin(Score.Bin bin) {
        return new LoadRun.Bin(
                bin.from(),
                bin.to(),
                bin.count(),
                Figures.round(bin.confidence(), 4),
                Figures.round(bin.accuracy(), 4));
    }

    private static @Nullable Double rounded(OptionalDouble value) {
        return value.isPresent() ? Double.valueOf(Figures.round(value.getAsDouble(), 4)) : null;
    }

    private static LoadRun.Timing timing(LoadTest.Measured measured) {
        Chronicle chronicle = measured.chronicle();
        return new LoadRun.Timing(
                Latencies.RANGE,
                Distributions.of(chronicle.all().latencies),
                Distributions.of(chronicle.uncorrected()),
                Distributions.of(chronicle.refusals()),
                new LoadRun.Lateness(
                        Distributions.of(measured.result().lateness()),
                        Punctuality.allowed(measured.result().uncorrected().millisAt(99)),
                        Figures.round(measured.cpuShare(), 3),
                        measured.mostUnjudged()));
    }

    private static List<LoadRun.Second> series(LoadTest.Measured measured) {
        List<LoadRun.Second> bare =
                measured.chronicle().series((int) Math.ceil(measured.traffic().seconds()));
        List<LoadRun.Second> series = new ArrayList<>();
        for (LoadRun.Second each : bare) {
            List<LoadRun.Sample> samples = measured.samples();
            series.add(each.s() < samples.size() ? each.with(samples.get(each.s())) : each);
        }
        return series;
    }

    private List<LoadRun.Caller> callers(LoadTest.Measured measured) {
        List<LoadRun.Caller> rows = new ArrayList<>();
        for (int i = 0; i < test.cast().callers().size(); i++) {
            Caller caller = test.cast().callers().get(i);
            Tally tally = measured.chronicle().byCaller().get(i);
            rows.add(
                    new LoadRun.Caller(
                            caller.label(),
                            caller.key().hotkey().ss58(),
                            caller.key().scheme().wireName(),
                            caller.spoken(),
                            caller.stake(),
                            caller.timeout().toMillis(),
                            caller.clockOffset().toMillis(),
                            caller.sees(),
                            new LoadRun.Share(
                                    tally.offered,
                                    tally.answered,
                                    tally.good(),
                                    tally.refused,
                                    tally.expired,
                                    tally.failed(),
                                    tally.latencies.millisAt(50),
                                    tally.latencies.millisAt(99),
                                    Figures.round(measured.chronicle().payShare(i), 6))));
        }
        return rows;
    }

    /// Stages by receipts, then those that only metrics know, then what is left of the latency.
    static LoadRun.Served served(LoadTest.Measured measured) {
        BatchFacts batches = measured.result().counts().batches();
        double mean = measured.result().uncorrected().meanMillis();
        List<LoadRun.Stage> stages = new ArrayList<>();
        double known = 0;
        for (Map.Entry<String, Double> stage : batches.meanStageMicros().entrySet()) {
            double millis = stage.getValue() / 1e3;
            known += millis;
            stages.add(stage(stage.getKey(), millis, mean, "receipts"));
        }
        for (LoadRun.Stage stage : measured.metricStages()) {
            known += stage.meanMs();
            stages.add(stage);
        }
        if (!stages.isEmpty()) {
            stages.add(stage("outside", Math.max(0, mean - known), mean, "remainder"));
        }
        return new LoadRun.Served(
                batches.receipts(),
                Figures.round(batches.meanItems(), 2),
                batches.largest(),
                stages,
                Trends.of(measured.samples()));
    }

    private static LoadRun.Stage stage(String name, double millis, double mean, String source) {
        return new LoadRun.Stage(
                name,
                Figures.round(millis, 4),
                Figures.round(mean == 0 ? 0 : millis / mean, 4),
                source);
    }
}
