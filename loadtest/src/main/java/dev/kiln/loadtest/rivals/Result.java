package dev.kiln.loadtest.rivals;

import org.jspecify.annotations.Nullable;

/// What one start of one system showed with one model.
///
/// @param start from 1
/// @param steady absent for the raw loop, which nobody asks over HTTP; so is what follows
record Result(
        String system,
        String model,
        int start,
        double warmSeconds,
        Peak peak,
        @Nullable Steady steady,
        @Nullable Overload overload,
        @Nullable Quality quality) {

    /// As many as go, closed loop.
    ///
    /// @param perSecond right answers
    /// @param refused answers with another status: what is refused is not what is answered, so the two are other work
    /// @param generatorShare the generator's processor time as a share of its core
    record Peak(double perSecond, long answers, long refused, double generatorShare) {}

    /// On a timetable at a share of this start's own peak.
    ///
    /// @param asked questions on it
    /// @param latenessP99Ms how late the generator itself was
    record Steady(
            double rate,
            long asked,
            long answers,
            double p50Ms,
            double p99Ms,
            double latenessP99Ms) {}

    /// On a timetable at twice this start's own peak, after a run-in.
    ///
    /// @param goodPerSecond right answers within the deadline
    /// @param late answered after it, or not at all; [#refused] stand beside it
    /// @param refusalP99Ms from sending: what refusing takes, whoever was late before
    /// @param latenessP99Ms how late the generator itself was
    record Overload(
            double rate,
            double goodPerSecond,
            long refused,
            long late,
            double refusalP99Ms,
            double latenessP99Ms) {}

    /// Every answer against the reference.
    ///
    /// @param leastCosine between an answer and the reference's vector of its text
    /// @param bad answers with another content, or without the proof that is due
    /// @param flaw what the first of them was, or empty
    record Quality(double leastCosine, long judged, long bad, String flaw) {}

    boolean sound() {
        return quality == null || (quality.judged() > 0 && quality.bad() == 0);
    }
}
