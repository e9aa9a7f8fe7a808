package dev.kiln.loadtest.traffic;

/// Takes what the judge found, one request at a time.
///
/// **Threads:** called on the judge's thread.
@FunctionalInterface
public interface Findings {
    void record(Arrival arrival, Finding finding);

    /// This one first, then the other.
    default Findings and(Findings other) {
        return (arrival, finding) -> {
            record(arrival, finding);
            other.record(arrival, finding);
        };
    }
}
