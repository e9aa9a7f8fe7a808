package dev.kiln.bittensor.wire;

import dev.kiln.core.Caller;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Verifier;
import java.time.Duration;

/// A request whose headers passed.
sealed interface Passed extends Verifier.Screened {
    /// How long the caller waits, the route's deadline at most.
    default Duration patience() {
        return route().deadline();
    }

    record Neuron(
            RequestHead head, Route route, Claim.Signed claim, Roster.Member member, Roster roster)
            implements Passed {
        @Override
        public Duration patience() {
            Duration most = route.deadline();
            return claim.message()
                    .timeout()
                    .filter(timeout -> timeout.compareTo(most) < 0)
                    .orElse(most);
        }
    }

    record KeyHolder(RequestHead head, Route route, Caller.KeyHolder caller) implements Passed {}
}
