package dev.kiln.server.http;

import dev.kiln.core.Caller;
import dev.kiln.core.Time;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Lets replies that say no leave at bounded rates: one for all senders who are not proved, and one for each caller who is.
/// A refusal costs what verifying and signing cost, so a caller who asks again at once whatever `Retry-After` says would
/// take the time in which others, and he himself, could be answered.
///
/// **Threads:** confined to the event loop, except [#slowed].
final class Restraint {
    /// Callers remembered, the latest to be refused; more than a subnet has neurons.
    static final int CALLERS = 4096;

    private final int perCaller;
    private final Time time;
    private final Tarpit.Alarm alarm;
    private final LongAdder slowed = new LongAdder();
    private final Tarpit strangers;
    private final Map<String, Tarpit> callers = new LinkedHashMap<>(16, 0.75f, true);

    /// @param perSecond refusals of senders who are not proved, in all
    /// @param perCaller refusals a second of one caller
    Restraint(int perSecond, int perCaller, Time time, Tarpit.Alarm alarm) {
        this.perCaller = perCaller;
        this.time = time;
        this.alarm = alarm;
        this.strangers = new Tarpit(perSecond, time, alarm);
    }

    /// Sends one more refusal of a sender who is not proved, now or later.
    ///
    /// @return whether it has to wait
    boolean stranger(Runnable reply) {
        return counted(strangers.reply(reply));
    }

    /// Sends one more refusal of a caller, now or later.
    ///
    /// @return whether it has to wait
    boolean known(Caller caller, Runnable reply) {
        Tarpit own =
                callers.computeIfAbsent(caller.name(), _ -> new Tarpit(perCaller, time, alarm));
        if (callers.size() > CALLERS) {
            // What waits there still leaves in time.
            callers.remove(callers.keySet().iterator().next());
        }
        return counted(own.reply(reply));
    }

    private boolean counted(boolean waits) {
        if (waits) {
            slowed.increment();
        }
        return waits;
    }

    /// Replies that had to wait so far. Any thread.
    long slowed() {
        return slowed.sum();
    }
}
