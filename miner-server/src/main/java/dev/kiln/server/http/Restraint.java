package dev.kiln.server.http;

import dev.kiln.core.Caller;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/// Lets replies that say no leave at bounded rates: one for all senders who are not proved, one for each caller who is, and
/// one for all of these, of which who is refused has an equal part while it is exceeded. A refusal costs what verifying and
/// signing cost, so callers who ask again at once whatever `Retry-After` says would take the time in which they and others
/// could be answered. Where many are answered, more may be refused: under twice the load a
/// model that is quick to answer has as many of these as of answers, and each leaves at once.
///
/// **Threads:** confined to the event loop, except [#slowed].
final class Restraint {
    /// Callers remembered, the latest to be refused; more than a subnet has neurons.
    static final int CALLERS = 4096;

    /// Those of strangers that wait leave so often.
    private static final Duration STRANGERS = Duration.ofMillis(10);

    /// Those of callers, so that they ask again at the same moment: what comes in one go costs far less than one by one amid
    /// the engine's work.
    private static final Duration KNOWN = Duration.ofMillis(100);

    private static final long SECOND = 1_000_000_000;

    /// Refusals over answers that are no reason to wait.
    private static final double MORE_THAN_ANSWERED = 1.5;

    private final HttpSettings.Refusals most;
    private final Time time;
    private final Tarpit.Alarm alarm;
    private final LongAdder slowed = new LongAdder();
    private final Tarpit strangers;
    private final Map<String, Tarpit> callers = new LinkedHashMap<>(16, 0.75f, true);

    /// Callers refused in this second of the clock's, and in the one before.
    private Set<String> lately = new HashSet<>();

    private int before;

    /// Answers in this second, and in the one before.
    private long answers;

    private long answersBefore;
    private long second;

    /// Of refusals of all callers together.
    private final Pace together;

    Restraint(HttpSettings.Refusals most, Time time, Tarpit.Alarm alarm) {
        this.most = most;
        this.time = time;
        this.alarm = alarm;
        this.together = new Pace(time.tick());
        this.strangers = new Tarpit(() -> SECOND / most.perSecond(), STRANGERS, time, alarm);
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
        turnTheSecond();
        lately.add(caller.name());
        Tarpit own =
                callers.computeIfAbsent(
                        caller.name(), _ -> new Tarpit(this::betweenNanos, KNOWN, time, alarm));
        if (callers.size() > CALLERS) {
            // What waits there still leaves in time.
            callers.remove(callers.keySet().iterator().next());
        }
        return counted(own.reply(reply));
    }

    /// A caller was answered.
    void answered() {
        turnTheSecond();
        answers++;
    }

    private void turnTheSecond() {
        long now = Math.floorDiv(time.tick(), SECOND);
        if (now != second) {
            boolean next = now == second + 1;
            before = next ? lately.size() : 0;
            answersBefore = next ? answers : 0;
            lately = new HashSet<>();
            answers = 0;
            second = now;
        }
    }

    /// Two refusals of one caller: his own bound, or his part of what all may have while they have more.
    private long betweenNanos() {
        long own = SECOND / most.perCaller();
        long answered = Math.max(answers, answersBefore);
        long bound = Math.max(most.toCallers(), (long) (MORE_THAN_ANSWERED * answered));
        if (together.delay(time.tick(), SECOND / bound) == 0) {
            return own;
        }
        long sharing = Math.max(before, lately.size());
        return Math.max(own, sharing * SECOND / bound);
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
