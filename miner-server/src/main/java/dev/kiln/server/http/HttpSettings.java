package dev.kiln.server.http;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/// Where the server listens, and its bounds on connections.
///
/// @param port 0 picks a free one
/// @param headerSize bytes of the request line, and of all headers together
/// @param bodies bytes of all bodies held at once
/// @param unreadReplies bytes of all replies held at once that clients have yet to read
/// @param connections open at once; beyond, the one that keeps us waiting longest is closed
/// @param refusals how many replies say no
public record HttpSettings(
        String host,
        int port,
        int headerSize,
        Waits waits,
        int bodies,
        int unreadReplies,
        int connections,
        Refusals refusals) {
    /// Replies a second that say no; what is beyond waits a while.
    ///
    /// @param perSecond to senders who are not proved, in all
    /// @param perCaller to one caller who is
    /// @param toCallers to all who are
    public record Refusals(int perSecond, int perCaller, int toCallers) {}

    /// How long clients are waited for.
    ///
    /// @param body for a whole body to arrive
    /// @param read for any byte of a reply to be read
    /// @param idle for a complete request head, or for a whole reply to be read
    public record Waits(Duration body, Duration read, Duration idle) {
        Duration shortest() {
            return Collections.min(List.of(body, read, idle));
        }
    }
}
