package dev.kiln.server.http;

import dev.kiln.core.Time;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// All open connections. A newcomer always finds room: at the bound, the client that has kept us waiting longest goes.
///
/// **Threads:** confined to the event loop, except [#evicted].
final class Connections {
    private final HttpSettings settings;
    private final Time time;
    private final Map<HttpConnection, Connection> open = new HashMap<>();
    private final LongAdder evicted = new LongAdder();

    Connections(HttpSettings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    void connected(HttpConnection http) {
        if (open.size() >= settings.connections() && !makeRoom()) {
            http.close();
            return;
        }
        open.put(http, new Connection(http, time.tick()));
        http.closeHandler(_ -> open.remove(http));
    }

    /// Null once it had to go.
    @Nullable Connection of(HttpConnection http) {
        return open.get(http);
    }

    /// Ends what has waited too long.
    void sweep() {
        long now = time.tick();
        for (Connection connection : List.copyOf(open.values())) {
            connection.sweep(now, settings.bodyTime().toNanos(), settings.idleTime().toNanos());
        }
    }

    /// Ended so far to make room for others. Any thread.
    long evicted() {
        return evicted.sum();
    }

    /// Ends the connection whose client has kept us waiting longest, be it with nothing or with half a body: whoever only
    /// holds connections shuts nobody out, and has to open them again faster than an honest client sends its request.
    private boolean makeRoom() {
        long now = time.tick();
        long longest = -1;
        HttpConnection slowest = null;
        for (Map.Entry<HttpConnection, Connection> entry : open.entrySet()) {
            long waited = entry.getValue().waitedNanos(now).orElse(-1);
            if (waited > longest) {
                longest = waited;
                slowest = entry.getKey();
            }
        }
        Connection gone = slowest == null ? null : open.remove(slowest);
        if (gone != null) {
            evicted.increment();
            gone.cut();
        }
        return gone != null;
    }
}
