package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Lets every nonce of a caller through once, in any order, and never again: not after its memory was cut, not after
/// the clock stepped back, not after a restart.
///
/// It remembers used nonces. Whatever it forgets (expired, or over a bound) raises a floor, and nothing at or under a
/// floor is accepted. Across a restart a fence does the same: after a clean stop each caller's highest nonce, otherwise
/// the process's start plus the skew. Nothing is written to disk while serving.
///
/// **Threads:** any; every method holds one lock for microseconds, [#stop] while it writes.
public final class ReplayGuard {
    /// How much longer than the window nonces are remembered, so that a request that waited to be verified is not taken
    /// for a replay.
    private static final Duration SLACK = Duration.ofSeconds(30);

    /// Accepted nonces between two sweeps over callers that fell silent.
    private static final int SWEEP_EVERY = 4096;

    private static final String USED = "this nonce was used; sign a fresh one for every attempt";
    private static final long RETRY_STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Limits limits;
    private final Time time;
    private final Start start;
    private final long startTick;
    private final long retentionNanos;
    private final ReentrantLock lock = new ReentrantLock();

    // All below are guarded by the lock.
    private Optional<ReplayMark> mark;
    private final Map<Hotkey, ReplayLedger> ledgers = new HashMap<>();

    /// Every caller without a ledger has used, for all we know, everything up to here.
    private long floor;

    private long fence;

    /// Up to here an earlier process may have accepted anything for another key, of which a new key's start knows nothing.
    private long before;

    private long readyAfter;
    private long remembered;
    private long acceptedSinceSweep;
    private boolean stopped;
    private boolean stuck;
    private long stuckTriedTick;

    private ReplayGuard(Limits limits, Time time, Optional<ReplayMark> mark, boolean freshHotkey) {
        this.limits = limits;
        this.time = time;
        this.mark = mark;
        this.retentionNanos = limits.maxAge().plus(limits.skew()).plus(SLACK).toNanos();
        this.start = begin(freshHotkey);
        // Behind the fence, or a slow disk would let the wait end before the fence does.
        this.startTick = time.tick();
    }

    /// Opens the guard of one miner and takes the mark of its last clean stop away, before anything is served.
    ///
    /// @param folder the state folder; it must be this process's alone
    /// @param freshHotkey whether the hotkey was made at this very start, so that nothing can have been signed for it
    public static ReplayGuard open(
            Path folder, Hotkey miner, boolean freshHotkey, Limits limits, Time time) {
        return new ReplayGuard(
                limits, time, Optional.of(new ReplayMark(folder, miner)), freshHotkey);
    }

    /// A guard that leaves nothing behind: each of its starts counts as one after an unclean stop.
    public static ReplayGuard inMemory(boolean freshHotkey, Limits limits, Time time) {
        return new ReplayGuard(limits, time, Optional.empty(), freshHotkey);
    }

    private Start begin(boolean freshHotkey) {
        ReplayMark.Taken taken =
                mark.map(ReplayMark::take)
                        .orElseGet(() -> new ReplayMark.Taken.Missing("no state folder"));
        if (taken instanceof ReplayMark.Taken.Stuck) {
            stuck = true;
            stuckTriedTick = time.tick();
        }
        if (freshHotkey && !stuck) {
            before = time.epochNanos() + limits.skew().toNanos();
            return new Start(Start.Kind.FRESH, "replay fence: none, the hotkey is new");
        }
        return switch (taken) {
            case ReplayMark.Taken.Clean clean -> {
                floor = clean.floor();
                readyAfter = clean.floor();
                clean.highest()
                        .forEach((caller, nonce) -> {
                            ledgers.put(caller, new ReplayLedger(floor, nonce));
                            readyAfter = Math.max(readyAfter, nonce);
                        });
                fence = clean.floor();
                trimCallers();
                yield new Start(
                        Start.Kind.CLEAN,
                        "replay fence: clean stop, callers=%d".formatted(ledgers.size()));
            }
            case ReplayMark.Taken.Missing missing -> unclean(missing.why());
            case ReplayMark.Taken.Stuck stuckMark -> unclean(stuckMark.why());
        };
    }

    private Start unclean(String why) {
        fence = time.epochNanos() + limits.skew().toNanos();
        readyAfter = fence;
        return new Start(
                Start.Kind.UNCLEAN,
                "replay fence: unclean stop (%s), holds for %d ms"
                        .formatted(why, limits.skew().toMillis()));
    }

    /// What the start found; its line is for the log.
    public Start start() {
        return start;
    }

    /// How long honest requests would still be refused; zero once the server may call itself ready. Never more than the
    /// skew.
    public Duration fenceLeft() {
        lock.lock();
        try {
            if (stillStuck()) {
                return limits.skew().plusNanos(1);
            }
            long skew = limits.skew().toNanos();
            long byWall = readyAfter - time.epochNanos() + 1;
            long byTick = skew + 1 - (time.tick() - startTick);
            return Duration.ofNanos(Math.max(0, Math.min(byWall, byTick)));
        } finally {
            lock.unlock();
        }
    }

    /// Uses a nonce up. To be called once the signature over it holds, and only then.
    ///
    /// @throws Refused with [Refusal#TIME_REPLAY] if it was used, or can no longer be told from one that was;
    ///     [Refusal#TIME_BEFORE_FENCE] if a restart makes it doubtful; [Refusal#STORE_FAULT] while an old mark cannot be
    ///     removed; [Refusal#SERVER_DRAINING] after [#stop]
    public void use(Hotkey caller, long nonce) throws Refused {
        lock.lock();
        try {
            if (stopped) {
                throw new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
            }
            if (stillStuck()) {
                throw new Refused(
                        Refusal.STORE_FAULT, "the replay store failed; try another miner");
            }
            long now = time.epochNanos();
            ReplayLedger ledger = ledgers.get(caller);
            refuseFenced(nonce, ledger == null ? fence : Math.max(fence, ledger.fence), now);
            if (nonce <= (ledger == null ? floor : ledger.floor)) {
                throw new Refused(Refusal.TIME_REPLAY, USED);
            }
            if (ledger == null) {
                ledger = new ReplayLedger(floor, 0);
                ledgers.put(caller, ledger);
            }
            if (!ledger.used.add(nonce)) {
                throw new Refused(Refusal.TIME_REPLAY, USED);
            }
            remembered++;
            ledger.highest = Math.max(ledger.highest, nonce);
            forget(ledger, now);
            trimCallers();
        } finally {
            lock.unlock();
        }
    }

    private static void refuseFenced(long nonce, long fence, long now) throws Refused {
        if (nonce <= fence) {
            throw Refused.until(
                    Refusal.TIME_BEFORE_FENCE,
                    "the miner restarted after this nonce; sign a fresh one",
                    Duration.ofNanos(Math.max(1, fence - now + 1)));
        }
    }

    private void forget(ReplayLedger ledger, long now) {
        long oldest = now - retentionNanos;
        remembered -= ledger.forgetBelow(oldest);
        if (ledger.used.size() > limits.perCaller()) {
            remembered -= ledger.forgetLowest(ledger.used.size() - limits.perCaller());
        }
        acceptedSinceSweep++;
        if (acceptedSinceSweep >= SWEEP_EVERY || remembered > limits.inAll()) {
            acceptedSinceSweep = 0;
            for (ReplayLedger each : ledgers.values()) {
                remembered -= each.forgetBelow(oldest);
            }
        }
        while (remembered > limits.inAll()) {
            ReplayLedger largest = largest();
            remembered -= largest.forgetLowest(Math.max(1, largest.used.size() / 16));
        }
    }

    private ReplayLedger largest() {
        return ledgers.values().stream()
                .max(Comparator.comparingInt(each -> each.used.size()))
                .orElseThrow();
    }

    private void trimCallers() {
        while (ledgers.size() > limits.callers()) {
            Map.Entry<Hotkey, ReplayLedger> quietest =
                    ledgers.entrySet().stream()
                            .min(Comparator.comparingLong(entry -> entry.getValue().highest))
                            .orElseThrow();
            floor = Math.max(floor, quietest.getValue().highest);
            remembered -= quietest.getValue().used.size();
            ledgers.remove(quietest.getKey());
        }
    }

    private boolean stillStuck() {
        if (stuck && time.tick() - stuckTriedTick >= RETRY_STUCK_NANOS) {
            stuckTriedTick = time.tick();
            stuck = mark.isPresent() && !mark.get().remove();
        }
        return stuck;
    }

    /// Lets the mark of the next stop be that of another hotkey, if that is safe: whatever an earlier process over this
    /// folder accepted for it must be refused here. After an unclean stop the fence does that for every key; after a
    /// clean one the floors do, which that process built on its own start. A process whose hotkey was new has neither,
    /// and waits until all that is too old. Nonces used here stay used whichever of the miner's keys they come for.
    ///
    /// @return whether it was done; if not, try again later
    public boolean passTo(Hotkey miner) {
        lock.lock();
        try {
            boolean young = time.tick() - startTick <= retentionNanos;
            if (stopped || stuck || (start.kind() == Start.Kind.FRESH && young)) {
                return false;
            }
            mark = mark.map(old -> old.of(miner));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Nonces held in memory; for metrics and tests.
    public long remembered() {
        lock.lock();
        try {
            return remembered;
        } finally {
            lock.unlock();
        }
    }

    /// Accepts nothing more and leaves the mark of a clean stop. A second call does nothing.
    ///
    /// @return what went wrong, for the log; the next start then counts this stop as unclean
    public Optional<String> stop() {
        lock.lock();
        try {
            if (stopped || mark.isEmpty()) {
                stopped = true;
                return Optional.empty();
            }
            stopped = true;
            Map<Hotkey, Long> highest = HashMap.newHashMap(ledgers.size());
            ledgers.forEach((caller, ledger) -> highest.put(caller, ledger.highest));
            return mark.get().leave(Math.max(Math.max(floor, fence), before), highest);
        } finally {
            lock.unlock();
        }
    }

    /// How a start found the last stop.
    ///
    /// @param line one line for the log
    public record Start(Kind kind, String line) {
        public enum Kind {
            /// The hotkey is new: nothing can have been signed for it.
            FRESH,
            /// The last stop left its mark.
            CLEAN,
            /// It did not, or the mark cannot be used.
            UNCLEAN
        }
    }

    /// The window and the bounds on memory (eight bytes a nonce).
    ///
    /// @param perCaller nonces remembered for one caller, at least 1
    /// @param inAll nonces remembered, at least 1
    /// @param callers callers remembered, at least 1
    public record Limits(Duration maxAge, Duration skew, int perCaller, int inAll, int callers) {
        public Limits {
            if (maxAge.isNegative() || maxAge.isZero() || skew.isNegative()) {
                throw new IllegalArgumentException(
                        "maxAge must be positive and skew not negative, were %s and %s"
                                .formatted(maxAge, skew));
            }
            if (perCaller < 1 || inAll < 1 || callers < 1) {
                throw new IllegalArgumentException(
                        "perCaller, inAll and callers must be at least 1, were %d, %d, %d"
                                .formatted(perCaller, inAll, callers));
            }
        }

        /// 65,536 nonces a caller, 1,048,576 in all, 4,096 callers.
        public static Limits of(Duration maxAge, Duration skew) {
            return new Limits(maxAge, skew, 1 << 16, 1 << 20, 1 << 12);
        }
    }
}
