package dev.kiln.loadtest.traffic;

/// One request and what came of it, with the moments that latency is told from, all on the monotonic clock.
///
/// @param intendedTick when the timetable wanted it sent
/// @param sentTick when it really went to a connection
/// @param doneTick when the last byte was here, or nothing more was hoped for
public record Arrival(
        Timetable.Send send,
        Credentials.Signed signed,
        long intendedTick,
        long sentTick,
        long doneTick,
        End end) {
    /// How a request ended.
    public sealed interface End {}

    /// A whole response.
    public record Came(Received received) implements End {}

    /// Nothing usable came back.
    ///
    /// @param cause a few words, few of them different: `timeout`, `connection reset` …
    public record Lost(String cause) implements End {}

    /// It never got a connection: every one of its caller's was in use.
    public record Unsent(String cause) implements End {}

    /// From the intended moment: what a caller on the timetable waited.
    public long correctedNanos() {
        return doneTick - intendedTick;
    }

    /// From the moment of sending, blind to whatever held the sending up.
    public long uncorrectedNanos() {
        return doneTick - sentTick;
    }
}
