package dev.kiln.server.http;

import dev.kiln.core.Time;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// All open connections, and what their clients have yet to read. A newcomer always finds room: at the bound, the client
/// that has kept us waiting longest goes; and who does not read goes before others' replies have to wait.
///
/// **Threads:** confined to the event loop, except [#evicted], [#unread] and [#cutOff].
final class Connections {
    /// What one write costs beside its bytes, so that many empty replies are bounded too.
    private static final int WRITE = 256;

    private final HttpSettings settings;
    private final Time time;
    private final Map<HttpConnection, Connection> open = new HashMap<>();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder cutOff = new LongAdder();

    /// Written by the event loop alone.
    private final AtomicLong unread = new AtomicLong();

    Connections(HttpSettings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    void connected(HttpConnection http) {
        if (open.size() >= settings.connections() && !makeRoom()) {
            http.close();
            return;
        }
        Connection connection = new Connection(http, this, time.tick());
        open.put(http, connection);
        http.closeHandler(_ -> gone(connection));
    }

    /// Null once it had to go.
    @Nullable Connection of(HttpConnection http) {
        return open.get(http);
    }

    /// Ends what has waited too long.
    void sweep() {
        long now = time.tick();
        HttpSettings.Waits waits = settings.waits();
        for (Connection connection : List.copyOf(open.values())) {
            if (connection.stuck(now, waits.read().toNanos())) {
                cutOff(connection);
            } else {
                connection.sweep(now, waits.body().toNanos(), waits.idle().toNanos());
            }
        }
    }

    /// Counts what is written to a client until the network has taken all of it.
    void sending(Connection to, int bytes, Future<Void> taken) {
        if (taken.isComplete()) {
            return;
        }
        int size = bytes + WRITE;
        unread.addAndGet(to.backlog().add(size, time.tick()));
        taken.onComplete(_ -> unread.addAndGet(-to.backlog().taken(size)));
        while (unread.get() > settings.unreadReplies()) {
            Connection worst = heaviest();
            if (worst == null) {
                return;
            }
            cutOff(worst);
        }
    }

    /// Ended so far to make room for others. Any thread.
    long evicted() {
        return evicted.sum();
    }

    /// Bytes of replies that clients have yet to read. Any thread.
    long unread() {
        return unread.get();
    }

    /// Ended so far because their clients did not read. Any thread.
    long cutOff() {
        return cutOff.sum();
    }

    /// Ends the connection whose client has kept us waiting longest, be it with nothing or with half a body: whoever only
    /// holds connections shuts nobody out, and has to open them again faster than an honest client sends its request.
    private boolean makeRoom() {
        long now = time.tick();
        long longest = -1;
        Connection slowest = null;
        for (Connection connection : open.values()) {
            long waited = connection.waitedNanos(now).orElse(-1);
            if (waited > longest) {
                longest = waited;
                slowest = connection;
            }
        }
        if (slowest == null) {
            return false;
        }
        evicted.increment();
        end(slowest);
        return true;
    }

    /// Whose unread replies weigh most; null where one client's only reply is all there is.
    private @Nullable Connection heaviest() {
        long now = time.tick();
        long most = 0;
        Connection worst = null;
        for (Connection connection : open.values()) {
            Backlog backlog = connection.backlog();
            boolean only = backlog.single() && backlog.bytes() == unread.get();
            if (backlog.weight(now) > most && !only) {
                most = backlog.weight(now);
                worst = connection;
            }
        }
        return worst;
    }

    private void cutOff(Connection connection) {
        cutOff.increment();
        end(connection);
    }

    private void end(Connection connection) {
        gone(connection);
        connection.cut();
    }

    private void gone(Connection connection) {
        open.remove(connection.http());
        unread.addAndGet(-connection.backlog().drop());
    }
}
