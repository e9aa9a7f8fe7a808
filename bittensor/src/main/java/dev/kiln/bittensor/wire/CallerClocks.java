package dev.kiln.bittensor.wire;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Roster;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// How far each caller's clock is from this one, as its requests tell: their age on arrival, the way here included.
///
/// Never more callers than the roster has members: beyond that, those who left it are forgotten.
///
/// **Threads:** any; never blocks.
public final class CallerClocks {
    private static final int LAST = 32;

    /// Beyond this it is no clock that is off: a stranger repeats an old request, or makes one up.
    private static final Duration MOST = Duration.ofHours(24);

    private final Map<Hotkey, Heard> callers = new ConcurrentHashMap<>();

    private static final class Heard {
        private final ClockWatch proved = new ClockWatch(LAST, 1);
        private final ClockWatch refused = new ClockWatch(LAST, 1);
    }

    /// One caller's ages, medians of its last 32 requests each; negative where its clock is ahead of this one.
    ///
    /// @param proved of those whose signature held
    /// @param refused of those refused for their time, before any signature was looked at: anybody can cause them
    public record Ages(Optional<Duration> proved, Optional<Duration> refused) {}

    void proved(Hotkey caller, Roster roster, long ageNanos) {
        heard(caller, roster).proved.saw(ageNanos);
    }

    void refused(Hotkey caller, Roster roster, long ageNanos) {
        if (Math.abs(ageNanos) <= MOST.toNanos()) {
            heard(caller, roster).refused.saw(ageNanos);
        }
    }

    /// Everybody's, by address.
    public Map<String, Ages> ages() {
        Map<String, Ages> ages = new TreeMap<>();
        callers.forEach((caller, heard) ->
                ages.put(
                        caller.ss58(),
                        new Ages(heard.proved.medianAge(), heard.refused.medianAge())));
        return ages;
    }

    private Heard heard(Hotkey caller, Roster roster) {
        Heard known = callers.get(caller);
        if (known != null) {
            return known;
        }
        Heard made = callers.computeIfAbsent(caller, _ -> new Heard());
        if (callers.size() > roster.members().size()) {
            callers.keySet().retainAll(roster.members().keySet());
        }
        return made;
    }
}
