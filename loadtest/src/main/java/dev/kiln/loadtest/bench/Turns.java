package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.traffic.Moments;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/// The questions in their order, again and again, callers in turn: at once, or at random moments of a mean rate.
///
/// **Threads:** confined to one at a time.
public final class Turns implements Iterator<Timetable.Send> {
    private final List<Question> questions;
    private final int callers;
    private final Moments moments;
    private final double seconds;
    private double upcoming;
    private long number;

    /// As fast as they are taken.
    public Turns(List<Question> questions, int callers) {
        this(questions, callers, () -> Moments.Moment.at(0), Double.POSITIVE_INFINITY);
    }

    /// Poisson arrivals for this long.
    public Turns(List<Question> questions, int callers, double rate, double seconds, long seed) {
        this(questions, callers, Moments.poisson(rate).from(new SplittableRandom(seed)), seconds);
    }

    private Turns(List<Question> questions, int callers, Moments moments, double seconds) {
        this.questions = questions;
        this.callers = callers;
        this.moments = moments;
        this.seconds = seconds;
        this.upcoming = moments.next().seconds();
    }

    @Override
    public boolean hasNext() {
        return upcoming < seconds;
    }

    @Override
    public Timetable.Send next() {
        var send =
                new Timetable.Send(
                        number,
                        Math.round(upcoming * 1e9),
                        (int) (number % callers),
                        questions.get((int) (number % questions.size())));
        number++;
        upcoming = moments.next().seconds();
        return send;
    }
}
