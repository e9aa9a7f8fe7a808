package dev.kiln.server.http;

import java.time.Duration;

/// Where the server listens, and its bounds on connections.
///
/// @param port 0 picks a free one
/// @param headerSize bytes of the request line, and of all headers together
/// @param bodyTime longest time for a whole body to arrive
/// @param idleTime longest time to wait for a complete request head, or for a reply to be read
/// @param bodies bytes of all bodies held at once
/// @param connections open at once; beyond, the one that keeps us waiting longest is closed
/// @param refusalsPerSecond replies that say no to senders who are not proved, in all
public record HttpSettings(
        String host,
        int port,
        int headerSize,
        Duration bodyTime,
        Duration idleTime,
        int bodies,
        int connections,
        int refusalsPerSecond) {}
