package dev.kiln.bittensor.wire;

import dev.kiln.core.Caller;
import dev.kiln.core.Refused;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Verifier;
import java.time.Duration;
import java.util.Optional;

/// A request whose headers passed.
sealed interface Passed extends Verifier.Screened {
    /// How long the caller waits, the route's deadline at most.
    Duration patience();

    /// How long a caller waits.
    ///
    /// @param timeout the dialect's
    static Duration patience(RequestHead head, Route route, Optional<Duration> timeout)
            throws Refused {
        Duration most = route.deadline();
        Duration said = route.patience().of(head, timeout).orElse(most);
        return said.compareTo(most) < 0 ? said : most;
    }

    record Neuron(
            RequestHead head,
            Route route,
            Duration patience,
            Claim.Signed claim,
            Roster.Member member,
            Roster roster)
            implements Passed {}

    record KeyHolder(RequestHead head, Route route, Duration patience, Caller.KeyHolder caller)
            implements Passed {}
}
