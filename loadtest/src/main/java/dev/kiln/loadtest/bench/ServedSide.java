package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Ledger;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// One running miner, asked over real HTTP. Answers are kept and judged, every one, after the clock has stopped, so
/// that judging costs the generator's core nothing while it runs.
final class ServedSide {
    private static final List<String> STAGES =
            List.of("verify", "prepare", "queue", "batch_wait", "compute", "encode", "sign");

    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int MOST_LOOKS = 12;
    private static final double LITTLE_COMPILING = 0.01;

    private final OwnMiner miner;
    private final Transport observer;
    private final List<Question> questions;
    private final Supplier<Judge> judges;
    private final AtomicLong next = new AtomicLong();

    /// @param observer reads the miner's metrics
    /// @param judges gives one for each stretch
    ServedSide(
            OwnMiner miner, Transport observer, List<Question> questions, Supplier<Judge> judges) {
        this.miner = miner;
        this.observer = observer;
        this.questions = List.copyOf(questions);
        this.judges = judges;
    }

    /// Asks for this long with so many questions in flight.
    Phase run(List<Validator> callers, int inFlight, Duration length)
            throws MinerException, InterruptedException {
        var arrivals = new ConcurrentLinkedQueue<Arrival>();
        Metrics before = metrics();
        long cpuBefore = miner.cpuNanos().orElse(0);
        Map<String, Long> threadsBefore = ThreadTimes.of(miner.pid());
        long ownBefore = ownCpuNanos();
        ClosedLoop.Pace pace =
                new ClosedLoop(callers, inFlight, arrivals::add)
                        .run(endless(callers.size()), length);
        double cpu = miner.cpuNanos().orElse(0) - cpuBefore;
        double own = ownCpuNanos() - ownBefore;
        Map<String, Long> threads = ThreadTimes.of(miner.pid());
        Metrics after = metrics();
        double all = arrivals.size();
        double batches = after.sumSince(before, "kiln_lane_batches_total");
        Map<String, Double> stages = new LinkedHashMap<>();
        STAGES.forEach(stage -> stages.put(stage, after.stageMicros(stage, before)));
        return new Phase(
                pace.rate(),
                cpu / 1e3 / Math.max(1, all),
                own / 1e9 / pace.seconds(),
                batches == 0 ? 0 : after.sumSince(before, "kiln_lane_items_total") / batches,
                stages,
                ThreadTimes.between(threadsBefore, threads, arrivals.size()),
                judged(arrivals, callers.size()));
    }

    /// Asks until the server compiles hardly anything any more, two minutes at the most: on the one core that it shares
    /// with the engine, compiling would count as serving.
    void warmUp(List<Validator> callers, int inFlight) throws MinerException, InterruptedException {
        warmUp(callers, inFlight, LOOK);
    }

    /// The same with looks of another length, twelve of them at the most.
    void warmUp(List<Validator> callers, int inFlight, Duration look)
            throws MinerException, InterruptedException {
        Phase last = run(callers, inFlight, look);
        for (int i = 1; i < MOST_LOOKS && last.compilingShare() > LITTLE_COMPILING; i++) {
            CompilePause.take(
                    () -> ThreadTimes.of(miner.pid()).getOrDefault(ThreadTimes.COMPILER, 0L));
            last = run(callers, inFlight, look);
        }
    }

    private Ledger.Counts judged(Iterable<Arrival> arrivals, int callers) {
        var ledger = new Ledger(callers, Long.MAX_VALUE);
        Judge judge = judges.get();
        arrivals.forEach(arrival -> ledger.record(arrival, judge.judge(arrival)));
        return ledger.counts();
    }

    /// The questions in their order, again and again; each caller in turn.
    private Iterator<Timetable.Send> endless(int callers) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Timetable.Send next() {
                long number = next.getAndIncrement();
                Question question = questions.get((int) (number % questions.size()));
                return new Timetable.Send(number, 0, (int) (number % callers), question);
            }
        };
    }

    private static long ownCpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private Metrics metrics() throws MinerException, InterruptedException {
        try {
            byte[] page =
                    observer.get("/metrics").toCompletionStage().toCompletableFuture().get().body();
            return Metrics.parse(new String(page, StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            throw new MinerException(
                    "the miner's metrics cannot be read: "
                            + Optional.ofNullable(e.getCause())
                                    .map(Throwable::getMessage)
                                    .orElse("unknown failure"),
                    miner.tail());
        }
    }
}
