package dev.kiln.core.swap;

import dev.kiln.core.Lane;
import dev.kiln.core.Trial;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Sends a share of the calls to a candidate and watches: whether it fails where the other model answers, gives
/// numbers that are none, fails its golden samples, or makes callers wait longer. Condemns it by itself.
///
/// A call that fails on both models says nothing about the candidate. Latency is compared by Welch's test on the
/// logarithms of the times from preparing to the outcome.
///
/// **Threads:** any.
public final class Canary implements Trial {
    /// Calls that failed on the candidate alone, at which it is condemned.
    static final int MOST_FAILED = 3;

    /// Calls on each side before latency is judged, and between two looks at it.
    static final int CALLS_BEFORE_LATENCY = 50;

    /// One-sided 0.1 % of the normal distribution.
    private static final double CERTAINTY = 3.09;

    private static final int BUCKETS = 10_000;

    private final List<Lane> candidate;
    private final Rules rules;
    private final Consumer<Canary> condemned;
    private final AtomicReference<Optional<String>> verdict =
            new AtomicReference<>(Optional.empty());

    private final LongAdder touched = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder failedAlone = new LongAdder();
    private final LongAdder notFinite = new LongAdder();
    private final Spread.Sum answeringLogs = new Spread.Sum();
    private final Spread.Sum candidateLogs = new Spread.Sum();
    private final Spread.Sum answeringMillis = new Spread.Sum();
    private final Spread.Sum candidateMillis = new Spread.Sum();

    /// What a candidate gets, and what it may cost.
    ///
    /// @param percent of the calls that go to the candidate, above 0 and at most 100
    /// @param slowdown how many times longer than on the other model a call may take before the candidate is condemned
    public record Rules(double percent, double slowdown) {
        public Rules {
            if (!(percent > 0 && percent <= 100)) {
                throw new IllegalArgumentException(
                        "percent must be above 0 and at most 100, was " + percent);
            }
            if (!(slowdown >= 1)) {
                throw new IllegalArgumentException("slowdown must be at least 1, was " + slowdown);
            }
        }
    }

    /// What was seen until now.
    ///
    /// @param touched calls that went to the candidate
    /// @param retried of these, calls that were answered by the other model after all
    /// @param failedAlone of these, calls that failed on the candidate alone
    /// @param notFinite of these, calls where the candidate gave a NaN or an infinity
    /// @param answeringMillis from preparing to the outcome, calls on the model that answers
    /// @param candidateMillis the same of calls on the candidate
    /// @param verdict why it was condemned; empty while it is not
    public record Report(
            long touched,
            long retried,
            long failedAlone,
            long notFinite,
            Spread answeringMillis,
            Spread candidateMillis,
            Optional<String> verdict) {}

    /// A canary that gets calls once a slot begins it.
    ///
    /// @param candidate its lanes, one for each device
    /// @param condemned told once when the candidate turns out worse, on the thread that saw it; must not block
    public Canary(List<Lane> candidate, Rules rules, Consumer<Canary> condemned) {
        this.candidate = List.copyOf(candidate);
        this.rules = rules;
        this.condemned = condemned;
    }

    @Override
    public List<Lane> instead(long call) {
        boolean chosen = bucket(call) < rules.percent() / 100 * BUCKETS;
        if (!chosen || verdict.get().isPresent()) {
            return List.of();
        }
        // Counted now: a call that hangs on it is touched too.
        touched.increment();
        return candidate;
    }

    @Override
    public boolean usable(Seen seen) {
        return seen.onCandidate() ? onCandidate(seen) : onAnswering(seen);
    }

    /// Condemns the candidate for something that was seen elsewhere.
    public void condemn(String why) {
        if (verdict.compareAndSet(Optional.empty(), Optional.of(why))) {
            condemned.accept(this);
        }
    }

    /// What was seen until now.
    public Report report() {
        return new Report(
                touched.sum(),
                retried.sum(),
                failedAlone.sum(),
                notFinite.sum(),
                answeringMillis.spread(),
                candidateMillis.spread(),
                verdict.get());
    }

    private boolean onCandidate(Seen seen) {
        if (seen.ran().isPresent() && Outputs.finite(seen.outputs())) {
            candidateLogs.add(Math.log(Math.max(1.0, (double) seen.tookNanos())));
            candidateMillis.add(seen.tookNanos() / 1e6);
            judgeLatency();
            return true;
        }
        if (seen.ran().isPresent()) {
            notFinite.increment();
        }
        return false;
    }

    private boolean onAnswering(Seen seen) {
        if (!seen.retried()) {
            answeringLogs.add(Math.log(Math.max(1.0, (double) seen.tookNanos())));
            answeringMillis.add(seen.tookNanos() / 1e6);
            return true;
        }
        retried.increment();
        if (Outputs.finite(seen.outputs())) {
            failedAlone.increment();
            judgeFailures();
        }
        return true;
    }

    private void judgeFailures() {
        if (notFinite.sum() > 0) {
            condemn(
                    "it gave a number that is none (NaN or infinite) where the other model answered");
        } else if (failedAlone.sum() >= MOST_FAILED) {
            condemn(
                    "%d calls failed on it that the other model answered"
                            .formatted(failedAlone.sum()));
        }
    }

    private void judgeLatency() {
        long calls = candidateLogs.count();
        if (calls % CALLS_BEFORE_LATENCY != 0 || answeringLogs.count() < CALLS_BEFORE_LATENCY) {
            return;
        }
        double ratio = candidateLogs.mean() - answeringLogs.mean();
        double error = Math.sqrt(candidateLogs.varianceOfMean() + answeringLogs.varianceOfMean());
        if (ratio - Math.log(rules.slowdown()) > CERTAINTY * error) {
            condemn(
                    "calls took %.2f times as long on it (%d and %d calls, Welch p < 0.001), allowed is %.2f"
                            .formatted(
                                    Math.exp(ratio),
                                    calls,
                                    answeringLogs.count(),
                                    rules.slowdown()));
        }
    }

    /// Spreads ids over the buckets by the finishing steps of MurmurHash3; the same id always falls into the same.
    private static int bucket(long call) {
        long mixed = (call ^ (call >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 33), BUCKETS);
    }
}
