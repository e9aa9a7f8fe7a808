package dev.kiln.loadtest.traffic;

import dev.kiln.core.Header;
import java.util.List;

/// How one caller makes a request its own, and what it then demands of the answer.
///
/// **Threads:** any.
public interface Credentials {
    /// Makes one request of a question, to be sent now.
    ///
    /// @param target where it is asked, unless the caller's dialect has paths of its own
    Signed sign(String target, Question question);

    /// The name in tables.
    String name();

    /// A request's authentication, and the check that its answer must stand.
    ///
    /// @param target path and query to send it to
    /// @param headers to send beside the body
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Signed(String target, List<Header> headers, byte[] body, AnswerDemand demand) {}

    /// Judges who answered.
    ///
    /// **Threads:** any.
    interface AnswerDemand {
        Provenance check(Received received);
    }
}
