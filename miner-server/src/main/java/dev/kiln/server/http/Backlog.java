package dev.kiln.server.http;

/// What one client has yet to read of our replies. Confined to the event loop.
final class Backlog {
    private long bytes;
    private int writes;
    private boolean dropped;

    /// When it last held nothing before.
    private long sinceTick;

    /// All that was read so far, and when that last changed.
    private long read;

    private long mark;
    private long movedTick;

    /// Counts what is being written.
    ///
    /// @return how many bytes more are held; 0 once the connection has ended
    int add(int size, long nowTick) {
        if (dropped) {
            return 0;
        }
        if (writes == 0) {
            sinceTick = nowTick;
            movedTick = nowTick;
            mark = read;
        }
        bytes += size;
        writes++;
        return size;
    }

    /// The network has taken the oldest of it whole.
    ///
    /// @return how many bytes fewer are held
    long taken(int size) {
        if (dropped) {
            return 0;
        }
        bytes -= size;
        writes--;
        read += size;
        return size;
    }

    /// The connection ends; nothing is held for it any more.
    ///
    /// @return how many bytes fewer are held
    long drop() {
        long held = bytes;
        dropped = true;
        bytes = 0;
        writes = 0;
        return held;
    }

    long bytes() {
        return bytes;
    }

    /// Whether it is one reply, or one piece of it.
    boolean single() {
        return writes == 1;
    }

    /// How much is held times how long there was something to read. A client that reads as it is answered weighs little,
    /// however much it asks for; one that takes a byte now and then weighs as much as one that takes none.
    ///
    /// @return bytes times milliseconds
    long weight(long nowTick) {
        return bytes * ((nowTick - sinceTick) / 1_000_000 + 1);
    }

    /// Whether nothing was read for too long.
    ///
    /// @param part bytes that the network has taken of the oldest write
    boolean stuck(long part, long nowTick, long patienceNanos) {
        if (mark != read + part) {
            mark = read + part;
            movedTick = nowTick;
        }
        return writes > 0 && nowTick - movedTick > patienceNanos;
    }
}
