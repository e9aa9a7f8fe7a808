package dev.kiln.loadtest.traffic;

import dev.kiln.loadtest.quality.Scorer;
import dev.kiln.loadtest.quality.Subject;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One open-loop run from the first question to the last judgement.
public final class Examination {
    private static final Duration SETTLE_STEP = Duration.ofMillis(20);

    /// Bytes of answers that may wait to be judged: more would not fit, and says that the generator is too small.
    private static final long MOST_UNJUDGED = Runtime.getRuntime().maxMemory() / 4;

    private final List<Validator> validators;
    private final Judge judge;
    private final Rules rules;
    private final Supplier<Scorer> scorers;
    private volatile boolean stoppedEarly; // written on the event loop
    private int mostUnjudged; // written by run

    /// What a run is held to.
    ///
    /// @param patience longest wait for one response, as the validators' transports have it
    /// @param late answers later than this count as late as well
    public record Rules(Duration patience, Duration late) {
        /// Ten seconds as a validator waits by default; late after two.
        public static final Rules DEFAULT =
                new Rules(Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    /// How far a run is.
    ///
    /// @param unjudged arrivals whose judgement is still due
    public record Progress(
            double seconds, long sent, Ledger.Counts counts, double p99Millis, int unjudged) {}

    /// How a run went.
    ///
    /// @param sent requests sent
    /// @param seconds from the first intended moment to the last sending
    /// @param corrected latency from the intended moment
    /// @param uncorrected latency from the moment of sending
    /// @param lateness how late the generator itself was
    public record Result(
            long sent,
            double seconds,
            Ledger.Counts counts,
            Latencies corrected,
            Latencies uncorrected,
            Latencies lateness) {}

    public Examination(List<Validator> validators, Judge judge, Rules rules) {
        this(validators, judge, rules, () -> Subject.EMBEDDING.scorer(0));
    }

    /// @param scorers makes the scorer of a run, with nothing in it
    public Examination(
            List<Validator> validators, Judge judge, Rules rules, Supplier<Scorer> scorers) {
        this.scorers = scorers;
        this.validators = List.copyOf(validators);
        this.judge = judge;
        this.rules = rules;
    }

    /// Asks everything on the timetable and returns once every answer is judged.
    ///
    /// @param watcher told once a second, on a thread of its own
    public Result run(Iterator<Timetable.Send> timetable, Consumer<Progress> watcher)
            throws InterruptedException {
        return run(timetable, watcher, (_, _) -> {});
    }

    /// The same, and whatever is found is told to somebody else as well.
    public Result run(Iterator<Timetable.Send> timetable, Consumer<Progress> watcher, Findings also)
            throws InterruptedException {
        return run(arrivals -> new OpenLoop(validators, arrivals), timetable, watcher, also);
    }

    /// The same in another way of sending.
    ///
    /// @param drives makes the drive of one that is told of arrivals
    public Result run(
            Function<Consumer<Arrival>, Drive> drives,
            Iterator<Timetable.Send> timetable,
            Consumer<Progress> watcher,
            Findings also)
            throws InterruptedException {
        var ledger = new Ledger(validators.size(), rules.late().toNanos(), scorers.get());
        try (var judging = new JudgeThread(judge, ledger.and(also));
                ScheduledExecutorService clock =
                        Executors.newSingleThreadScheduledExecutor(Examination::clockThread)) {
            var held = new AtomicReference<@Nullable Drive>();
            Drive loop =
                    drives.apply(arrival -> {
                        judging.accept(arrival);
                        if (judging.waitingBytes() > MOST_UNJUDGED) {
                            stoppedEarly = true;
                            Optional.ofNullable(held.get()).ifPresent(Drive::stop);
                        }
                    });
            held.set(loop);
            long start = System.nanoTime();
            ScheduledFuture<?> ticking =
                    clock.scheduleAtFixedRate(
                            () -> watcher.accept(progress(start, loop, ledger, judging)),
                            1,
                            1,
                            TimeUnit.SECONDS);
            loop.run(timetable);
            double seconds = (System.nanoTime() - start) / 1e9;
            settle(ledger, loop.sent());
            ticking.cancel(false);
            mostUnjudged = judging.mostBacklog();
            return new Result(
                    loop.sent(),
                    seconds,
                    ledger.counts(),
                    ledger.corrected(),
                    ledger.uncorrected(),
                    loop.lateness());
        }
    }

    /// Whether the last run ended before its time because judging could not keep up.
    public boolean stoppedEarly() {
        return stoppedEarly;
    }

    /// Most arrivals of the last run that waited to be judged at once.
    public int mostUnjudged() {
        return mostUnjudged;
    }

    /// Every response ends within the patience; judging what has come may take as long as it takes.
    private void settle(Ledger ledger, long sent) throws InterruptedException {
        long giveUp = System.nanoTime() + rules.patience().plusSeconds(30).toNanos();
        while (ledger.settled() < sent && System.nanoTime() < giveUp) {
            Thread.sleep(SETTLE_STEP);
        }
    }

    private static Progress progress(long start, Drive loop, Ledger ledger, JudgeThread judging) {
        return new Progress(
                (System.nanoTime() - start) / 1e9,
                loop.sent(),
                ledger.counts(),
                ledger.corrected().millisAt(99),
                judging.backlog());
    }

    private static Thread clockThread(Runnable task) {
        return Thread.ofPlatform().name("progress").daemon().unstarted(task);
    }
}
