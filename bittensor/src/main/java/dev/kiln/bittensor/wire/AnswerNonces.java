package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the nonces of answers to one caller distinct: a nonce that is taken is moved by a nanosecond.
///
/// Bounded: the lowest nonces of a caller, and the caller longest without an answer, are forgotten.
///
/// **Threads:** any; never blocks for long.
final class AnswerNonces {
    private static final int MOST_CALLERS = 4096;
    private static final int MOST_NONCES = 1 << 14;

    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Hotkey, NonceSet> taken =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Hotkey, NonceSet> eldest) {
                    return size() > MOST_CALLERS;
                }
            };

    /// The wanted nonce or the next free one after it.
    long take(Hotkey caller, long wanted) {
        lock.lock();
        try {
            NonceSet own = taken.computeIfAbsent(caller, _ -> new NonceSet());
            long nonce = wanted;
            while (!own.add(nonce)) {
                nonce++;
            }
            if (own.size() > MOST_NONCES) {
                own.dropLowest(own.size() / 4);
            }
            return nonce;
        } finally {
            lock.unlock();
        }
    }
}
