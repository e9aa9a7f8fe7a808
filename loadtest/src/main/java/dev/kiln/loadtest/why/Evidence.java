package dev.kiln.loadtest.why;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a run showed of a miner, as far as its score rests on it.
///
/// @param source which run, in words
/// @param voids why nothing can be said of it, empty if something can
/// @param causes how often each cause of a loss was met, by its code
public record Evidence(
        String source,
        List<String> voids,
        Counts counts,
        Pay pay,
        Quality quality,
        Latency latency,
        List<Voice> voices,
        Map<String, Long> causes) {

    /// What became of every question; one heading each, together `offered`.
    ///
    /// @param lost nothing whole came, or it never got a connection
    /// @param refused said no, or gave up
    /// @param late answered rightly after the deadline
    /// @param good answered rightly and in time
    public record Counts(
            long offered,
            long lost,
            long refused,
            long unproved,
            long wrong,
            long late,
            long good) {}

    /// What was earned of what could have been.
    ///
    /// @param share weighted by stake, from 0 to 1
    /// @param curve by latency, in words
    public record Pay(double share, String curve) {}

    /// How good the answers were.
    ///
    /// @param score empty where too little was answered
    /// @param bar the least that passes
    public record Quality(String measure, Optional<Double> score, double bar, long crossTalk) {}

    /// How long answers took, from the intended moment.
    ///
    /// @param spread how many answers took how long, in milliseconds; empty where it is not known
    /// @param stages mean milliseconds by stage, the miner's word; empty where it is not known
    public record Latency(
            double deadlineMillis,
            double p99Millis,
            Map<Double, Long> spread,
            Map<String, Double> stages) {}

    /// One validator.
    ///
    /// @param stake in TAO
    /// @param share what it would pay of what it could, from 0 to 1
    public record Voice(String label, double stake, long offered, double share) {}
}
