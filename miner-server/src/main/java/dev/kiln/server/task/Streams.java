package dev.kiln.server.task;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is remembered between the pieces of streams. A stream is its caller's own: another caller's of the same name is
/// another stream. Pieces are numbered from 0, and each is taken once and in order.
///
/// Nothing is reserved while a piece is looked at: it moves its stream when its answer is kept, so a piece that failed
/// may come again, and of two equal numbers the first to be answered is the one.
///
/// **Threads:** any; none blocks for long.
final class Streams<S> {
    private final int most;
    private final int mostPerCaller;
    private final Duration idle;
    private final Time time;

    /// Last used last. Guarded by this.
    private final Map<Key, Entry<S>> open = new LinkedHashMap<>();

    /// Guarded by this.
    private final Map<String, Integer> openByCaller = new HashMap<>();

    /// @param idle how long a stream is kept without a piece
    Streams(int most, int mostPerCaller, Duration idle, Time time) {
        this.most = most;
        this.mostPerCaller = mostPerCaller;
        this.idle = idle;
        this.time = time;
    }

    private record Key(String caller, String id) {}

    private record Entry<S>(int next, S state, long usedTick) {}

    /// A piece that is the next one of its stream.
    ///
    /// @param state what the piece before left; empty for the first
    record Piece<S>(String caller, String id, int number, Optional<S> state) {}

    /// @throws Refused with [Refusal#TASK_STREAM] if it is not the next piece, with [Refusal#LIMIT_STREAMS] if it is
    ///     the first of one stream too many
    synchronized Piece<S> next(String caller, String id, int number) throws Refused {
        dropIdle();
        Entry<S> entry = open.get(new Key(caller, id));
        if (entry == null) {
            if (number > 0) {
                throw out(
                        "stream %s is not open: never begun, ended, or idle for %d s; begin another with piece 0"
                                .formatted(id, idle.toSeconds()));
            }
            requireRoom(caller);
            return new Piece<>(caller, id, number, Optional.empty());
        }
        if (number != entry.next) {
            throw out(
                    "piece %d of stream %s %s; the next is %d"
                            .formatted(
                                    number,
                                    id,
                                    number < entry.next ? "was heard already" : "comes too early",
                                    entry.next));
        }
        return new Piece<>(caller, id, number, Optional.of(entry.state));
    }

    /// Moves a stream behind a piece.
    ///
    /// @param last whether the stream ends with it
    /// @throws Refused as [#next], if things have changed since
    synchronized void keep(Piece<S> piece, S state, boolean last) throws Refused {
        next(piece.caller, piece.id, piece.number);
        Key key = new Key(piece.caller, piece.id);
        if (open.remove(key) != null) {
            oneLess(piece.caller);
        }
        if (!last) {
            open.put(key, new Entry<>(piece.number + 1, state, time.tick()));
            openByCaller.merge(piece.caller, 1, Integer::sum);
        }
    }

    /// Streams open now.
    synchronized int size() {
        dropIdle();
        return open.size();
    }

    private void requireRoom(String caller) throws Refused {
        int own = openByCaller.getOrDefault(caller, 0);
        if (own >= mostPerCaller) {
            throw full("%d streams of this caller are open".formatted(own));
        }
        if (open.size() >= most) {
            throw full("%d streams are open".formatted(open.size()));
        }
    }

    private void dropIdle() {
        long now = time.tick();
        Iterator<Map.Entry<Key, Entry<S>>> oldest = open.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Key, Entry<S>> each = oldest.next();
            if (now - each.getValue().usedTick < idle.toNanos()) {
                break;
            }
            oldest.remove();
            oneLess(each.getKey().caller);
        }
    }

    private void oneLess(String caller) {
        openByCaller.computeIfPresent(caller, (_, many) -> many == 1 ? null : many - 1);
    }

    private Refused full(String message) {
        return Refused.until(
                Refusal.LIMIT_STREAMS,
                message
                        + "; end one, or wait until one was idle for %d s"
                                .formatted(idle.toSeconds()),
                idle);
    }

    private static Refused out(String message) {
        return new Refused(Refusal.TASK_STREAM, message);
    }
}
