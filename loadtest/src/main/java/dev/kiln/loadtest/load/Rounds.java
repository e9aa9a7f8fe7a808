package dev.kiln.loadtest.load;

import static java.util.stream.Collectors.toCollection;

import dev.kiln.loadtest.traffic.Moments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// As validators of a subnet come: nothing for a while, then several of them at once, each with all its questions;
/// beside that a trickle of organic questions at any time.
///
/// **Threads:** confined to one.
final class Rounds implements Moments {
    /// Seconds from one round to the next.
    static final double PERIOD = 5;

    /// Within so many seconds all validators of a round have begun.
    static final double SPREAD = 0.05;

    /// Share of all questions that comes in rounds.
    static final double IN_ROUNDS = 0.9;

    private final SplittableRandom rounds;
    private final Moments trickle;
    private final double perRound;
    private final int callers;
    private final Deque<Moment> round = new ArrayDeque<>();
    private Moment organic;
    private double owed;
    private int number;

    Rounds(SplittableRandom random, double rate, int callers) {
        this.rounds = random.split();
        this.trickle = Moments.poisson(rate * (1 - IN_ROUNDS)).from(random.split());
        this.perRound = rate * IN_ROUNDS * PERIOD;
        this.callers = callers;
        this.organic = trickle.next();
    }

    @Override
    public Moment next() {
        while (round.isEmpty()) {
            fill();
        }
        if (organic.seconds() < round.getFirst().seconds()) {
            Moment next = organic;
            organic = trickle.next();
            return next;
        }
        return round.removeFirst();
    }

    /// At least half of all validators come, each with the same number of questions.
    private void fill() {
        double start = (number++ + 0.2 * rounds.nextDouble()) * PERIOD;
        List<Integer> all =
                IntStream.range(0, callers).boxed().collect(toCollection(ArrayList::new));
        owed += perRound;
        int most = (callers + 1) / 2 + rounds.nextInt(callers / 2 + 1);
        int come = (int) Math.min(most, Math.round(owed));
        int each = come == 0 ? 0 : (int) Math.round(owed / come);
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < come; i++) {
            int at = rounds.nextInt(all.size());
            int caller = all.get(at);
            all.set(at, all.getLast());
            all.removeLast();
            double begins = start + SPREAD * rounds.nextDouble();
            for (int j = 0; j < each; j++) {
                moments.add(new Moment(begins, caller, ANY_LENGTH));
            }
        }
        owed -= (double) come * each;
        moments.sort(Comparator.comparingDouble(Moment::seconds));
        round.addAll(moments);
    }
}
