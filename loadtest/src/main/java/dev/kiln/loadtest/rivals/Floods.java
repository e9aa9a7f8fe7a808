package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.CompilePause;
import dev.kiln.loadtest.bench.ThreadTimes;
import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// Honest calls on a timetable, quiet and beside two floods that the same core sends.
///
/// **Threads:** confined to one.
final class Floods {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SETTLE = Duration.ofMillis(20);
    private static final int JUNK_CONNECTIONS = 16;
    private static final double JUNK_PER_SECOND = 20_000;

    private final Vertx vertx;
    private final KilnStand stand;
    private final List<Credentials> signing;
    private final RivalBench.Plan plan;

    Floods(Vertx vertx, KilnStand stand, List<Credentials> signing, RivalBench.Plan plan) {
        this.vertx = vertx;
        this.stand = stand;
        this.signing = List.copyOf(signing);
        this.plan = plan;
    }

    /// @param rate of honest calls, a second
    void run(double rate, Goals goals, Consumer<String> progress) throws InterruptedException {
        List<Question> questions =
                List.of(Question.of(List.of("an honest question"), stand.model()));
        for (boolean signed : List.of(false, true)) {
            String what = signed ? "junk in a validator's name" : "unsigned requests";
            progress.accept(
                    "%.0f honest calls /s, in turns quiet and beside a flood of %s"
                            .formatted(rate, what));
            // The first of its kind meets code that was never run, and compiling it costs the one
            // core.
            Junk first = flood(questions, signed);
            honest(questions, rate);
            first.stop();
            CompilePause.take(stand::compilingNanos);
            List<Turn> turns = new ArrayList<>();
            for (int i = 0; i < plan.rounds(); i++) {
                Turn turn = turn(questions, rate, signed);
                progress.accept(
                        "p99 %.1f ms, quiet %.1f".formatted(turn.loud.p99(), turn.quiet.p99()));
                turns.add(turn);
            }
            judge(turns, what, goals);
        }
        refusing(questions, goals, progress);
    }

    /// Honest traffic without and with a flood.
    private record Turn(Honest quiet, Honest loud, Junk.Count junk) {
        double ratio() {
            return loud.p99 / quiet.p99;
        }
    }

    private Turn turn(List<Question> questions, double rate, boolean signed)
            throws InterruptedException {
        Honest quiet = honest(questions, rate);
        Junk junk = flood(questions, signed);
        Honest loud = honest(questions, rate);
        return new Turn(quiet, loud, junk.stop());
    }

    private static void judge(List<Turn> turns, String what, Goals goals) {
        List<Turn> sorted = new ArrayList<>(turns);
        sorted.sort(Comparator.comparingDouble(Turn::ratio));
        Turn middle = sorted.get(sorted.size() / 2);
        goals.most(
                "flood, %,.0f /s of %s sent: honest p99 %.1f over quiet %.1f ms (the median of %d turns, %.2f to %.2f)"
                        .formatted(
                                middle.junk.sentPerSecond(),
                                what,
                                middle.loud.p99(),
                                middle.quiet.p99(),
                                turns.size(),
                                sorted.getFirst().ratio(),
                                sorted.getLast().ratio()),
                2,
                0,
                middle.ratio());
        double answered = 1;
        double victims = 1;
        double accepted = 0;
        for (Turn turn : turns) {
            answered = Math.min(answered, turn.loud.answered());
            victims = Math.min(victims, turn.loud.victims());
            accepted += turn.junk.accepted();
        }
        goals.least("the same, least of all: honest calls answered", 0.99, 1, answered);
        goals.least(
                "the same, least of all: that validator's own calls answered", 0.99, 1, victims);
        goals.most("the same, in all: junk accepted", 0, 0, accepted);
    }

    /// What one refusal of a request nobody signed costs the server, nothing else going on; in turns with quiet.
    private void refusing(List<Question> questions, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        progress.accept("a flood of unsigned requests and nothing else");
        long millis = Math.round(plan.seconds() * 1e3 / 2);
        Junk first = flood(questions, false);
        Thread.sleep(2 * millis);
        first.stop();
        CompilePause.take(stand::compilingNanos);
        double[] each = new double[plan.rounds()];
        long refused = 0;
        for (int i = 0; i < each.length; i++) {
            double idle = spent(millis);
            Map<String, Long> before = stand.threadNanos();
            Junk junk = flood(questions, false);
            double spent = spent(millis) - idle;
            Junk.Count count = junk.stop();
            each[i] = spent / count.refused();
            refused += count.refused();
            progress.accept(
                    "%.1f us a refusal; with quiet, by thread: %s"
                            .formatted(
                                    each[i],
                                    ThreadTimes.between(
                                            before, stand.threadNanos(), count.refused())));
        }
        Arrays.sort(each);
        goals.most(
                "refusing one of %,d unsigned requests: us of processor time, HTTP and all (the median of %d turns, %.1f to %.1f)"
                        .formatted(refused, each.length, each[0], each[each.length - 1]),
                50,
                0,
                each[each.length / 2]);
    }

    /// Microseconds of processor time that the server takes for so many milliseconds.
    private double spent(long millis) throws InterruptedException {
        double before = stand.cpuMicros();
        Thread.sleep(millis);
        return stand.cpuMicros() - before;
    }

    private Junk flood(List<Question> questions, boolean signed) {
        return new Junk(
                        stand.url(),
                        signing.getFirst(),
                        questions.getFirst(),
                        signed,
                        JUNK_PER_SECOND)
                .start(JUNK_CONNECTIONS);
    }

    /// Honest traffic of one stretch.
    ///
    /// @param answered share of all
    /// @param victims share of the first caller's
    private record Honest(double p99, double answered, double victims) {}

    private Honest honest(List<Question> questions, double rate) throws InterruptedException {
        Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
        try (var transport = new Transport(vertx, stand.url(), 256, PATIENCE)) {
            List<Validator> validators = new ArrayList<>();
            signing.forEach(each -> validators.add(new Validator("honest", each, transport)));
            var loop = new OpenLoop(validators, arrivals::add);
            loop.run(new Turns(questions, validators.size(), rate, plan.seconds(), plan.seed()));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (arrivals.size() < loop.sent() && System.nanoTime() < end) {
                Thread.sleep(SETTLE);
            }
        }
        var jury = new Jury(true, Map.of());
        var latencies = new Latencies();
        long good = 0;
        long victims = 0;
        long victimsGood = 0;
        for (Arrival arrival : arrivals) {
            boolean right = jury.look(arrival) == Jury.Outcome.RIGHT;
            boolean victim = arrival.send().caller() == 0;
            good += right ? 1 : 0;
            victims += victim ? 1 : 0;
            victimsGood += victim && right ? 1 : 0;
            latencies.record(arrival.correctedNanos());
        }
        return new Honest(
                latencies.millisAt(99),
                good / (double) Math.max(1, arrivals.size()),
                victims == 0 ? 1 : victimsGood / (double) victims);
    }
}
