package dev.kiln.bittensor.wire;

import dev.kiln.core.Time;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Addresses from which a request lately passed every gate. Bounded: the one longest without a pass is forgotten.
///
/// **Threads:** none; its owner locks.
final class KnownSources {
    static final int MOST = 4096;

    private static final long LATELY_NANOS = Duration.ofMinutes(10).toNanos();

    private final Time time;
    private final LinkedHashMap<String, Long> passedTick =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > MOST;
                }
            };

    KnownSources(Time time) {
        this.time = time;
    }

    /// The address, or an IPv6 address's first 64 bits: the rest is the peer's to choose.
    static String nameOf(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            if (!(parsed instanceof Inet6Address)) {
                return parsed.getHostAddress();
            }
            return HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), 8));
        } catch (IllegalArgumentException _) {
            return address;
        }
    }

    boolean contains(String name) {
        Long tick = passedTick.get(name);
        return tick != null && time.tick() - tick <= LATELY_NANOS;
    }

    void add(String name) {
        passedTick.put(name, time.tick());
    }

    int size() {
        return passedTick.size();
    }
}
