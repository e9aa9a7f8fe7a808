package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Pair;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/// What is asked, by whom and when, all of it decided by the seed. Bodies depend on the seed alone, whatever the rate.
///
/// **Threads:** confined to one at a time.
public final class Timetable implements Iterator<Timetable.Send> {
    private final double seconds;
    private final int everybody;
    private final Deck deck;
    private final Moments moments;
    private final SplittableRandom callers;
    private final SplittableRandom bodies;
    private Moments.Moment upcoming;
    private long number;

    /// What is asked of a timetable of Poisson arrivals.
    ///
    /// @param seed decides everything
    /// @param rate mean questions per second, above 0
    /// @param seconds length; nothing is sent at or after it
    /// @param callers how many validators ask, at least 1
    /// @param model the name to ask for
    public record Plan(long seed, double rate, double seconds, int callers, String model) {
        public Plan {
            if (!(rate > 0) || !(seconds > 0) || callers < 1) {
                throw new IllegalArgumentException(
                        "rate and seconds must be above 0 and callers at least 1, was %s, %s and %d"
                                .formatted(rate, seconds, callers));
            }
        }

        /// The same at another rate.
        public Plan atRate(double other) {
            return new Plan(seed, other, seconds, callers, model);
        }
    }

    /// What is asked of any timetable.
    ///
    /// @param seed decides everything
    /// @param seconds length; nothing is sent at or after it
    /// @param callers how many validators ask, at least 1
    public record Script(
            long seed, double seconds, int callers, Moments.Source moments, Deck deck) {}

    /// One question to send.
    ///
    /// @param number from 0
    /// @param offsetNanos after the start
    /// @param caller from 0
    public record Send(long number, long offsetNanos, int caller, Question question) {
        /// The same at another moment.
        Send at(long otherOffsetNanos) {
            return new Send(number, otherOffsetNanos, caller, question);
        }
    }

    /// Poisson arrivals; the moments are those of rate 1 divided by the rate.
    public Timetable(Plan plan, List<Pair> pairs) {
        this(
                new Script(
                        plan.seed(),
                        plan.seconds(),
                        plan.callers(),
                        Moments.poisson(plan.rate()),
                        new PairDeck(pairs, Lengths.PAIRS, Wording.embeddings(plan.model()))));
    }

    public Timetable(Script script) {
        this.seconds = script.seconds();
        this.everybody = script.callers();
        this.deck = script.deck();
        var random = new SplittableRandom(script.seed());
        this.moments = script.moments().from(random.split());
        this.callers = random.split();
        this.bodies = random.split();
        this.upcoming = moments.next();
    }

    @Override
    public boolean hasNext() {
        return upcoming.seconds() < seconds;
    }

    @Override
    public Send next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the timetable ends after %s s".formatted(seconds));
        }
        Moments.Moment now = upcoming;
        int caller =
                now.caller() == Moments.ANYBODY
                        ? callers.nextInt(everybody)
                        : now.caller() % everybody;
        var send =
                new Send(
                        number++,
                        Math.round(now.seconds() * 1e9),
                        caller,
                        deck.next(bodies, now.sentences()));
        upcoming = moments.next();
        return send;
    }
}
