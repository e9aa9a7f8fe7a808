package dev.kiln.loadtest.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything one load run showed, as it stands in its JSON: `docs/load-schema.md` says what each key means.
///
/// Names here are the JSON's own in camel case. A component is only ever added at the end of its record; what may be
/// absent is `null` here and missing there.
///
/// @param schema [#SCHEMA]
/// @param series one entry a second, of what was offered in it
/// @param search only of `kiln load search`, whose other figures are those at its SLO capacity
public record LoadRun(
        String schema,
        Outcome verdict,
        Setup setup,
        Totals totals,
        Timing latency,
        List<Second> series,
        List<Caller> validators,
        Served served,
        @Nullable Search search) {
    /// The first key's value. It changes when a key changes its meaning.
    public static final String SCHEMA = "kiln-load/1";

    /// How it went.
    ///
    /// @param word `pass`, `fail` or `void`
    /// @param reasons why it failed, empty if it did not
    /// @param voids why nothing can be said, empty if something can
    public record Outcome(String word, List<String> reasons, List<String> voids) {
        /// The exit code: 0 passed, 1 failed, 2 void.
        public int exitCode() {
            return switch (word) {
                case "pass" -> 0;
                case "fail" -> 1;
                default -> 2;
            };
        }
    }

    /// What was run, against whom, on what.
    ///
    /// @param command the words to run it again
    /// @param started ISO 8601, UTC
    public record Setup(
            String command,
            String started,
            Plan plan,
            Target target,
            Environment environment,
            WarmUp warmUp) {}

    /// What was asked for.
    ///
    /// @param loop `open` or `closed`
    /// @param profile of arrivals, such as `poisson`
    /// @param ratePerS mean offered; 0 in a closed loop
    /// @param lengths the mix of payload lengths
    /// @param deadlineMs an answer later than this is not good
    /// @param receipts `kiln-1`, or `off` where unsigned answers are taken
    /// @param inFlight only in a closed loop
    public record Plan(
            long seed,
            String loop,
            String profile,
            double ratePerS,
            double seconds,
            String lengths,
            double deadlineMs,
            String receipts,
            @Nullable Integer inFlight) {}

    /// Who was asked. Model, engine and devices are what receipts asserted; empty where they said nothing.
    public record Target(String url, String hotkey, String scheme, String dialects, Model model) {}

    /// What computed, by the miner's word.
    public record Model(
            String name,
            String sha256,
            String engine,
            String deviceRequested,
            String deviceActive,
            String deviceProved) {}

    /// Where the generator ran.
    ///
    /// @param revision of the source tree, empty where it is not known
    /// @param pinning which cores the generator had, in words
    public record Environment(
            String kiln,
            String revision,
            String os,
            String cpu,
            int cores,
            String jvm,
            List<String> jvmFlags,
            String pinning,
            double loadAverage) {}

    /// What came before the measured part and is in none of its figures.
    ///
    /// @param steady whether three windows in a row agreed, else the longest warm-up was over
    public record WarmUp(double seconds, boolean steady, long sent, String rule) {}

    /// What became of everything offered in the measured part.
    ///
    /// @param sent handed to a connection
    /// @param answered whole, in time for its caller's patience, proved and in shape
    /// @param late of the answered, after the deadline
    /// @param good answered, right and not late
    public record Totals(
            long offered,
            long sent,
            long answered,
            long late,
            long good,
            Failures failures,
            Causes causes,
            Rates rates,
            Quality quality) {}

    /// Whatever was not answered, each request under one heading.
    ///
    /// @param refused said no, and not because its time was over
    /// @param expired gave up because its time was over
    /// @param wrong a proved answer of wrong content
    /// @param unproved a broken signature, or none where one is due
    /// @param lost nothing whole came
    /// @param unsent never got a connection
    /// @param unsigned answers without any signature, counted beside the others where receipts are off
    /// @param mistaken of the answered: in time and in shape, and not right
    public record Failures(
            long refused,
            long expired,
            long wrong,
            long unproved,
            long lost,
            long unsent,
            long unsigned,
            long mistaken) {}

    /// How often each cause was met, by cause.
    public record Causes(
            Map<String, Long> refused,
            Map<String, Long> wrong,
            Map<String, Long> unproved,
            Map<String, Long> lost) {}

    /// Means over the measured part, per second.
    ///
    /// @param goodShare good of offered, from 0 to 1
    /// @param payShare what the miner earned of what it could have: stake times the latency curve's score
    /// @param payCurve the curve in words
    public record Rates(
            double offeredPerS,
            double answeredPerS,
            double goodPerS,
            double goodShare,
            double payShare,
            double payPerS,
            String payCurve) {}

    /// How good the answers were.
    ///
    /// @param task that was scored
    /// @param score in the task's own measure; absent where too little was answered
    /// @param bar the least that passes
    /// @param scored how many items the score rests on
    /// @param crossTalk answers that carried another request's content
    /// @param measures all of the task's, the first one again; absent where nothing is judged
    /// @param reliability bins of a reliability diagram; only where probabilities of labels are judged
    public record Quality(
            String task,
            String measure,
            @Nullable Double score,
            double bar,
            long scored,
            long crossTalk,
            @Nullable List<Measure> measures,
            @Nullable List<Bin> reliability) {}

    /// One figure of the answers' quality.
    ///
    /// @param value absent where too little was answered
    /// @param bound absent where the figure is only told
    /// @param side `least` or `most`: which side of the bound passes
    public record Measure(
            String name,
            @Nullable Double value,
            @Nullable Double bound,
            String side,
            boolean holds) {}

    /// One bin of a reliability diagram: probabilities of the chosen label between two bounds.
    ///
    /// @param confidence their mean
    /// @param accuracy share of these answers that was right
    public record Bin(double from, double to, long count, double confidence, double accuracy) {}

    /// How long things took.
    ///
    /// @param range and resolution of every histogram here
    /// @param corrected from the intended moment, of all that was not refused; a loss counts as its whole patience
    /// @param uncorrected of the same from the moment of sending
    /// @param refusals from the intended moment, of refusals alone
    /// @param lateness of the generator itself
    public record Timing(
            String range,
            Distribution corrected,
            Distribution uncorrected,
            Distribution refusals,
            Lateness lateness) {}

    /// One histogram.
    ///
    /// @param p99Interval where p99 lies with 95 % confidence, in milliseconds, by order statistics
    /// @param hdr HdrHistogram's compressed encoding of microseconds, base64
    public record Distribution(
            long count,
            double meanMs,
            double p50Ms,
            double p90Ms,
            double p99Ms,
            double p999Ms,
            double maxMs,
            Interval p99Interval,
            String hdr) {}

    /// A 95 % interval; an end is absent where too few were counted to name it.
    public record Interval(@Nullable Double low, @Nullable Double high) {}

    /// How late the generator was, and what was allowed.
    ///
    /// @param cpuShare processor time of the generator's process as a share of one core
    /// @param unjudged most answers that waited to be judged at once
    public record Lateness(Distribution late, double allowedP99Ms, double cpuShare, int unjudged) {}

    /// One second of the measured part.
    ///
    /// @param s from its start, 0 for the first
    /// @param completed answers that came in it, whenever they were asked for
    /// @param server what the server's metrics said of it, absent where it has none
    public record Second(
            int s,
            long offered,
            long answered,
            long good,
            long refused,
            long completed,
            double p50Ms,
            double p99Ms,
            @Nullable Sample server) {
        /// The same with the server's side.
        public Second with(Sample sample) {
            return new Second(s, offered, answered, good, refused, completed, p50Ms, p99Ms, sample);
        }
    }

    /// A second of the server's own metrics; what it does not offer is absent.
    ///
    /// @param batch mean items in a batch
    /// @param queueMs mean time in the queue
    /// @param queued items in the queue at the end of the second
    /// @param cpuShare processor time as a share of one core
    /// @param memoryMb resident memory, else heap used
    /// @param gcMs pauses of the collector
    /// @param heapMb Java heap in use after the last collection
    /// @param nativeMb resident memory less the Java heap
    public record Sample(
            @Nullable Double batch,
            @Nullable Double queueMs,
            @Nullable Double queued,
            @Nullable Double cpuShare,
            @Nullable Double memoryMb,
            @Nullable Double gcMs,
            @Nullable Double heapMb,
            @Nullable Double nativeMb) {}

    /// One validator.
    public record Caller(
            String label,
            String hotkey,
            String scheme,
            String dialect,
            double stake,
            double timeoutMs,
            double clockOffsetMs,
            String sees,
            Share share) {}

    /// What became of one validator's requests.
    ///
    /// @param failed wrong, unproved and lost ones
    /// @param payShare as in [Rates]
    public record Share(
            long offered,
            long answered,
            long good,
            long refused,
            long expired,
            long failed,
            double p50Ms,
            double p99Ms,
            double payShare) {}

    /// What the server says of itself: receipts with `sees: full`, and its metrics. Its word, never judged.
    ///
    /// @param receipts how many told of batches
    /// @param meanBatch items in the batch that a call ran in
    /// @param stages in the order of the request's way
    /// @param memory how it changed over the measured part; absent where too little is known of it
    public record Served(
            long receipts,
            double meanBatch,
            int largestBatch,
            List<Stage> stages,
            @Nullable List<Trend> memory) {}

    /// How a quantity of memory changed, by a straight line through the means of equal stretches of time.
    ///
    /// @param name `resident`, `heap` or `native`
    /// @param fromMb where the line begins
    /// @param toMb where it ends
    /// @param mbPerHour its slope
    /// @param interval of the slope, 95 %, with what neighbouring stretches share taken into account
    /// @param word `grows`, `shrinks`, or `not distinguishable from zero`
    public record Trend(
            String name,
            double fromMb,
            double toMb,
            double mbPerHour,
            Interval interval,
            String word) {}

    /// One stage of the request's way.
    ///
    /// @param name `verify`, `prepare`, `queue`, `batch_wait`, `compute`, `encode`, `sign` or `outside`
    /// @param meanMs milliseconds of a call
    /// @param share of the mean latency, from 0 to 1
    /// @param source `receipts`, `metrics` or `remainder`
    public record Stage(String name, double meanMs, double share, String source) {}

    /// What a search found.
    ///
    /// @param objective in words
    /// @param points every rate tried, in the order of trying
    /// @param capacity the highest rate that the server completes
    /// @param slo the highest rate that meets the objective
    /// @param kneePerS the rate of the most answers per wait
    /// @param recoveryS seconds from the end of the overload to steady p99; absent where it did not come
    /// @param bottleneck one stage, and why
    /// @param next what to try next
    public record Search(
            String objective,
            List<Point> points,
            Estimate capacity,
            Estimate slo,
            double kneePerS,
            @Nullable Double recoveryS,
            Bottleneck bottleneck,
            List<String> next) {}

    /// One rate tried.
    ///
    /// @param phase `ladder`, `bisection`, `confirm`, `overload` or `recovery`
    /// @param word `meets`, `misses` or `void`
    public record Point(
            String phase,
            double ratePerS,
            double goodPerS,
            Interval goodShare,
            double p50Ms,
            double p99Ms,
            long offered,
            long refused,
            String word) {}

    /// A rate with its 95 % interval.
    public record Estimate(double perS, Interval interval) {}

    /// What limits the server.
    public record Bottleneck(String stage, String why) {}
}
