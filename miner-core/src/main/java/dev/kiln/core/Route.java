package dev.kiln.core;

import java.time.Duration;
import java.util.Set;

/// What holds for every call to one path.
///
/// @param path the exact raw path, without query
/// @param task the name of the task that answers
/// @param maxBody largest body in bytes
/// @param deadline longest time from arrival to answer
/// @param requireReceiver whether a request must be signed for this miner; opting out is warned about at start
/// @param answers how answers to authenticated callers are signed
/// @param dialects names of the dialects accepted; empty for every one that the verifier speaks
/// @param allowStepBack whether a caller that has come with a newer dialect may still come with an older one
/// @param patience where callers say that they wait less than the deadline, and what becomes of what takes longer
public record Route(
        String path,
        String task,
        long maxBody,
        Duration deadline,
        boolean requireReceiver,
        AnswerShape answers,
        Set<String> dialects,
        boolean allowStepBack,
        Patience patience) {
    public Route {
        dialects = Set.copyOf(dialects);
    }

    /// A route on which nobody steps back to an older dialect.
    public Route(
            String path,
            String task,
            long maxBody,
            Duration deadline,
            boolean requireReceiver,
            AnswerShape answers,
            Set<String> dialects) {
        this(
                path,
                task,
                maxBody,
                deadline,
                requireReceiver,
                answers,
                dialects,
                false,
                Patience.DEFAULT);
    }

    /// A route that accepts every dialect the verifier speaks.
    public Route(
            String path,
            String task,
            long maxBody,
            Duration deadline,
            boolean requireReceiver,
            AnswerShape answers) {
        this(path, task, maxBody, deadline, requireReceiver, answers, Set.of());
    }

    /// How an answer is signed.
    public enum AnswerShape {
        /// `kiln-answer/1`, see `docs/answers.md`.
        KILN_1,
        /// Not at all.
        OFF
    }
}
