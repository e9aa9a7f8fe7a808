package dev.kiln.loadtest.attack;

import java.io.IOException;
import java.util.Optional;

/// One row of the table: an attack, what must become of it, and why it matters.
///
/// @param name unique, lower case with dashes; `--only` matches it
/// @param spoken the one dialect that it is about; empty for whichever the target speaks
/// @param stage what the target must be for it
/// @param sent in a few words
/// @param why what an attacker would gain
public record Case(
        String name,
        Family family,
        Optional<Spoken> spoken,
        Stage stage,
        String sent,
        Expected expected,
        String why,
        Attempt attempt) {
    /// Which target an attack can be tried on.
    public enum Stage {
        /// Any.
        ANY,
        /// A miner that the suite started: it needs a roster, limits or a restart of its own.
        OWN,
        /// One whose times are short, or any that is not Kiln: a time limit must be met within the suite's patience.
        TIMED,
        /// None: our client is attacked, not the target.
        CLIENT
    }

    /// Carries an attack out.
    @FunctionalInterface
    public interface Attempt {
        /// Returns what became of the hostile message.
        Outcome on(Scene scene) throws IOException, InterruptedException;
    }
}
