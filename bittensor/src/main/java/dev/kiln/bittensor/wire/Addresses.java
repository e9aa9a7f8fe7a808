package dev.kiln.bittensor.wire;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Reads addresses and remembers those it could read: decoding one costs as much as the rest of the header gates, and
/// the same few come again and again. Whoever fills it with others only makes it start afresh.
///
/// **Threads:** any; never blocks.
final class Addresses {
    static final int MOST = 4096;

    /// Longer text is not an SS58 address of 32 bytes; decoding is quadratic in the length.
    private static final int MAX_TEXT = 64;

    private final ConcurrentHashMap<String, Hotkey> read = new ConcurrentHashMap<>();

    /// The hotkey of a canonical address with prefix 42; null for any other text.
    @Nullable Hotkey hotkey(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > MAX_TEXT) {
            return null;
        }
        Hotkey known = read.get(text);
        if (known != null) {
            return known;
        }
        try {
            Hotkey hotkey = Ss58.hotkey(text);
            if (!hotkey.ss58().equals(text)) {
                return null;
            }
            if (read.size() >= MOST) {
                read.clear();
            }
            read.put(text, hotkey);
            return hotkey;
        } catch (KeyFormatException _) {
            return null;
        }
    }

    int size() {
        return read.size();
    }
}
