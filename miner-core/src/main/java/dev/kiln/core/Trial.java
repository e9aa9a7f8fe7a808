package dev.kiln.core;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.List;
import java.util.Optional;

/// A candidate that is tried beside the model that answers under a name.
///
/// **Threads:** every method from any call's thread; none blocks.
public interface Trial {
    /// The candidate's lanes, if this call is to run on one of them; none if not. What fails there runs where callers
    /// are answered.
    ///
    /// @param call the call's id; the same id gets the same answer
    List<Lane> instead(long call);

    /// Looks at what came of a call: on the candidate well or not, on the lane that answers if it went well. Outputs
    /// of a candidate may turn out unusable.
    ///
    /// @return whether a candidate's outputs may be given to the caller
    boolean usable(Seen seen);

    /// What came of one call on one lane.
    ///
    /// @param onCandidate whether the candidate ran it
    /// @param retried whether the candidate failed on it before
    /// @param ran empty where it failed
    /// @param tookNanos from preparing to the outcome
    record Seen(
            boolean onCandidate,
            boolean retried,
            List<ModelInput> inputs,
            Optional<Ticket.Ran> ran,
            long tookNanos) {
        /// What the model gave; none where it failed.
        public List<ModelOutput> outputs() {
            return ran.map(Ticket.Ran::outputs).orElse(List.of());
        }
    }
}
