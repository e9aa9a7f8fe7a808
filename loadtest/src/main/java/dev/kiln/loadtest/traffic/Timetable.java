package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Pair;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/// What is asked, by whom and when: Poisson arrivals, all of it decided by the seed. Bodies and callers depend on the
/// seed alone; the moments are those of rate 1 divided by the rate.
///
/// **Threads:** confined to one at a time.
public final class Timetable implements Iterator<Timetable.Send> {
    /// Pairs in one question: mostly one, sometimes two or four, so that lengths differ.
    private static final int[] PAIRS_PER_QUESTION = {1, 1, 1, 1, 1, 1, 2, 2, 2, 4};

    private final Plan plan;
    private final List<Pair> pairs;
    private final SplittableRandom gaps;
    private final SplittableRandom callers;
    private final SplittableRandom bodies;
    private final List<Pair> deck = new ArrayList<>();
    private double offsetSeconds;
    private long number;

    /// What is asked of a timetable.
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

    /// One question to send.
    ///
    /// @param number from 0
    /// @param offsetNanos after the start
    /// @param caller from 0
    public record Send(long number, long offsetNanos, int caller, Question question) {}

    public Timetable(Plan plan, List<Pair> pairs) {
        this.plan = plan;
        this.pairs = List.copyOf(pairs);
        var random = new SplittableRandom(plan.seed());
        this.gaps = random.split();
        this.callers = random.split();
        this.bodies = random.split();
        advance();
    }

    @Override
    public boolean hasNext() {
        return offsetSeconds < plan.seconds();
    }

    @Override
    public Send next() {
        if (!hasNext()) {
            throw new NoSuchElementException(
                    "the timetable ends after %s s".formatted(plan.seconds()));
        }
        var send =
                new Send(
                        number++,
                        Math.round(offsetSeconds * 1e9),
                        callers.nextInt(plan.callers()),
                        question());
        advance();
        return send;
    }

    private void advance() {
        offsetSeconds += -Math.log(1 - gaps.nextDouble()) / plan.rate();
    }

    private Question question() {
        int count = PAIRS_PER_QUESTION[bodies.nextInt(PAIRS_PER_QUESTION.length)];
        List<Pair> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drawn.add(draw());
        }
        return Question.about(drawn, plan.model());
    }

    /// Deals every pair once before any comes again.
    private Pair draw() {
        if (deck.isEmpty()) {
            deck.addAll(pairs);
            for (int i = deck.size() - 1; i > 0; i--) {
                int other = bodies.nextInt(i + 1);
                deck.set(i, deck.set(other, deck.get(i)));
            }
        }
        return deck.removeLast();
    }
}
