package dev.kiln.server.http;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// How much is read of a connection at once: of a body, what it lacks up to a bound; of all else little. Whatever is read
/// is parsed at once, and requests that were sent without waiting are held until their turn comes, in many times
/// the space of their bytes.
///
/// **Threads:** confined to the event loop.
final class ReadSize extends DefaultMaxMessagesRecvByteBufAllocator {
    /// Most requests fit.
    static final int LEAST = 2 << 10;

    static final int MOST = 64 << 10;

    /// Of a body whose length nobody told.
    static final int CHUNKED = 8 << 10;

    private long lacking;

    ReadSize() {
        super(1);
    }

    /// What comes next belongs to a body.
    ///
    /// @param declared its length; -1 for a chunked one
    void expectBody(long declared) {
        lacking = declared < 0 ? CHUNKED : declared;
    }

    /// So much of a body has come.
    void came(int bytes, boolean chunked) {
        lacking = chunked ? CHUNKED : lacking - bytes;
    }

    /// What comes next is another request.
    void expectHead() {
        lacking = 0;
    }

    /// Bytes to read at most.
    int next() {
        return Math.clamp(lacking, LEAST, MOST);
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return next();
            }
        };
    }
}
