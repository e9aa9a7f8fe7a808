package dev.kiln.server.http;

import dev.kiln.core.Answered;
import dev.kiln.core.Refused;
import dev.kiln.core.Route;

/// Hears what became of every request, once each; counts and logs.
///
/// **Threads:** any; never blocks.
public interface CallObserver {
    /// A call went all the way through the line, whatever its end.
    ///
    /// @param tookNanos arrival of the head to the reply handed to the network
    void answered(Route route, Answered answered, String source, long tookNanos);

    /// A request was refused before its body was read.
    ///
    /// @param route the path as configured, or `other`
    void refused(String route, Refused refused, String source);
}
