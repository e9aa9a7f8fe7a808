package dev.kiln.server.rotation;

import dev.kiln.server.config.Config;
import java.util.Locale;
import java.util.Optional;

/// One line of the history.
///
/// @param epochMillis when
/// @param model the served name
/// @param what happened
/// @param from SHA-256 of what answered before; empty where that does not apply
/// @param to SHA-256 of what answers, or is tried, from then on
/// @param source where that comes from
/// @param detail the operator's words
/// @param calls how many calls were touched by what ended
/// @param answers what answers from then on, as it was configured; empty where nothing changed
public record Event(
        long epochMillis,
        String model,
        What what,
        Optional<String> from,
        Optional<String> to,
        String source,
        String detail,
        long calls,
        Optional<Config.Model> answers) {
    /// What can happen to a served name.
    public enum What {
        /// The server began with it.
        STARTED,
        /// The name is new and answers from here on.
        ADDED,
        /// The name is not served any more.
        REMOVED,
        /// Another model answers from here on.
        SWAPPED,
        /// A change was not made.
        REFUSED,
        /// A candidate runs the same calls beside the model that answers.
        SHADOW,
        /// A candidate answers a share of the calls.
        CANARY,
        /// The candidate answers all calls.
        PROMOTED,
        /// The operator took the candidate, or the last swap, back.
        ROLLED_BACK,
        /// The candidate turned out worse and was taken back by the server itself.
        CONDEMNED,
        /// The model failed repeatedly, or a run hangs, and left rotation.
        DOWN,
        /// A rebuilt model answers.
        RECOVERED;

        /// As the history spells it.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
