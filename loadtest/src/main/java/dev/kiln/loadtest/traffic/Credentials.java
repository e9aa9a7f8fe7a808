package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.util.List;

/// How one caller makes a request its own, and what it then demands of the answer.
///
/// **Threads:** any.
public interface Credentials {
    /// Signs one request to be sent now.
    Signed sign(String method, String target, byte[] body);

    /// The name in tables.
    String name();

    /// A request's authentication, and the check that its answer must stand.
    ///
    /// @param headers to send beside the body
    record Signed(List<Header> headers, AnswerDemand demand) {}

    /// Judges who answered.
    ///
    /// **Threads:** any.
    interface AnswerDemand {
        Provenance check(Received received);
    }
}
