package dev.kiln.loadtest.traffic;

import java.io.IOException;

/// Looks at the content of an answer, once its signature and receipt were looked at.
///
/// **Threads:** confined to one.
@FunctionalInterface
public interface Marker {
    /// Takes whatever comes.
    Marker ANYTHING = (_, _, _) -> Marks.NONE;

    /// Says what an answer is worth.
    ///
    /// @throws IOException if the body is no answer of the task
    Marks mark(Question question, Provenance provenance, byte[] body) throws IOException;
}
