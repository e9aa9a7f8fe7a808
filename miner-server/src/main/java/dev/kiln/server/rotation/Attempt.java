package dev.kiln.server.rotation;

import dev.kiln.core.Slot;
import dev.kiln.core.swap.Canary;
import dev.kiln.core.swap.Shadow;
import java.util.Optional;

/// A candidate and how it is tried.
///
/// @param over why it is over; empty while it goes on
public record Attempt(Loaded candidate, Kind kind, Optional<String> over) {
    /// How a candidate is tried.
    public sealed interface Kind {
        /// It runs the same calls; callers get nothing of it.
        record Shadowing(Shadow shadow) implements Kind {}

        /// It answers a share of the calls.
        record Answering(Canary canary, Canary.Rules rules) implements Kind {}
    }

    Attempt(Loaded candidate, Kind kind) {
        this(candidate, kind, Optional.empty());
    }

    /// Where the candidate comes from.
    public String source() {
        return candidate.model().source();
    }

    /// What the candidate is.
    public String sha256() {
        return candidate.sha256();
    }

    boolean on() {
        return over.isEmpty();
    }

    Attempt ended(String why) {
        return new Attempt(candidate, kind, Optional.of(why));
    }

    /// Begins, unless nobody answers that it could be tried beside.
    boolean beginAt(Slot slot) {
        return switch (kind) {
            case Kind.Shadowing(Shadow shadow) -> slot.begin(shadow);
            case Kind.Answering(Canary canary, _) -> slot.begin(canary);
        };
    }

    void endAt(Slot slot) {
        switch (kind) {
            case Kind.Shadowing(Shadow shadow) -> {
                slot.end(shadow);
                shadow.close();
            }
            case Kind.Answering(Canary canary, _) -> slot.end(canary);
        }
    }

    /// Calls that ran on the candidate and that a caller waited for.
    long touched() {
        return switch (kind) {
            case Kind.Shadowing _ -> 0;
            case Kind.Answering(Canary canary, _) -> canary.report().touched();
        };
    }
}
