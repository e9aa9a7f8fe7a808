package dev.kiln.loadtest.bench;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// The generator alone, against an echo on another core: how many signed requests a second it sends, signed in
/// advance and on the fly, and how late it is at half of what is asked of it.
public final class GeneratorBench {
    /// What is asked of the generator, per second, signed in advance.
    public static final double PREPARED_GOAL = 25_000;

    /// The same, signed on the fly.
    public static final double SIGNED_GOAL = 5_000;

    /// Latest p99 of lateness, in milliseconds, at half of that.
    public static final double LATENESS_GOAL = 2;

    private static final int PREPARED = 20_000;
    private static final int IN_FLIGHT = 64;

    /// Compiling takes the same core.
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private static final double OPEN_WARM_UP_SECONDS = 10;

    private static final Duration SETTLE_STEP = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Plan plan;
    private final Consumer<String> progress;

    /// How to measure.
    ///
    /// @param seconds of each stretch
    /// @param generatorCore core of this process, from 0
    /// @param echoCore core of the echo
    public record Plan(double seconds, int generatorCore, int echoCore) {}

    /// What one way of signing reached.
    ///
    /// @param perSecond most sent a second
    /// @param cpuMicros processor time of one request, all threads together: what it costs however busy the box is
    /// @param goal what is asked
    /// @param half at half of the goal
    /// @param lost of all
    public record Reached(
            double perSecond, double cpuMicros, double goal, Punctual half, long lost) {
        /// Whether it is what is asked.
        public boolean met() {
            return perSecond >= goal && half.p99() <= LATENESS_GOAL && lost == 0;
        }
    }

    /// How late it was at half of the goal, and what this process did meanwhile that could be a reason.
    ///
    /// @param p50 in milliseconds, as the other two
    /// @param cpuShare processor time as a share of one core
    /// @param gcMillis spent in collections
    /// @param compileMillis spent in compiling, which takes the same core
    /// @param stolenMillis the thread that sends stood ready and had no core, where the system tells
    public record Punctual(
            double p50,
            double p99,
            double max,
            double cpuShare,
            long gcMillis,
            long compileMillis,
            long stolenMillis) {}

    /// @param progress told what is being done, a line at a time
    public GeneratorBench(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Measures.
    ///
    /// @return what was reached, by way of signing
    public Map<String, Reached> run() throws IOException, MinerException, InterruptedException {
        Pinning pinning = Pinning.ofThisProcess(plan.generatorCore());
        progress.accept(pinning.works() ? "pinned" : "NOT pinned: taskset did not do it");
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        KeyPair key = KeyPair.generate(Scheme.SR25519);
        var signing =
                new HotkeyCredentials(
                        key, KeyPair.generate(Scheme.SR25519).hotkey(), Scheme.SR25519);
        try (EchoChild echo = EchoChild.start(pinning.on(plan.echoCore()))) {
            Map<String, Reached> reached = new LinkedHashMap<>();
            reached.put("signed on the fly", measure(vertx, echo, signing, SIGNED_GOAL));
            progress.accept("signing %,d requests in advance".formatted(PREPARED));
            Credentials prepared = prepared(signing, questions());
            reached.put("prepared", measure(vertx, echo, prepared, PREPARED_GOAL));
            return reached;
        } finally {
            vertx.close();
        }
    }

    private Reached measure(Vertx vertx, EchoChild echo, Credentials credentials, double goal)
            throws InterruptedException {
        try (var transport = new Transport(vertx, echo.url(), IN_FLIGHT, PATIENCE)) {
            return measure(new Validator("generator", credentials, transport), goal);
        }
    }

    private Reached measure(Validator validator, double goal) throws InterruptedException {
        progress.accept("as many as go");
        var lost = new AtomicLong();
        Consumer<Arrival> counting =
                arrival -> {
                    if (!(arrival.end() instanceof Arrival.Came)) {
                        lost.incrementAndGet();
                    }
                };
        var closed = new ClosedLoop(List.of(validator), IN_FLIGHT, counting);
        closed.run(endless(), WARM_UP);
        long cpu = ownCpuNanos();
        ClosedLoop.Pace pace =
                closed.run(endless(), Duration.ofNanos((long) (plan.seconds() * 1e9)));
        double cpuMicros = (ownCpuNanos() - cpu) / 1e3 / Math.max(1, pace.answered());
        progress.accept("%,.0f/s; now %,.0f/s on a timetable".formatted(pace.rate(), goal / 2));
        var ended = new AtomicLong();
        Consumer<Arrival> ending =
                arrival -> {
                    counting.accept(arrival);
                    ended.incrementAndGet();
                };
        // What sends on a timetable is other code, to be compiled as well.
        onTimetable(validator, goal / 2, OPEN_WARM_UP_SECONDS, ending);
        settle(ended);
        Punctual half = punctual(validator, goal / 2, ending);
        settle(ended);
        return new Reached(pace.rate(), cpuMicros, goal, half, lost.get());
    }

    private Punctual punctual(Validator validator, double rate, Consumer<Arrival> arrivals)
            throws InterruptedException {
        System.gc();
        long began = System.nanoTime();
        long cpu = ownCpuNanos();
        long gc = gcMillis();
        long compiling = ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
        long stolen = waitedMillis();
        Latencies late = onTimetable(validator, rate, plan.seconds(), arrivals);
        return new Punctual(
                late.millisAt(50),
                late.millisAt(99),
                late.maxMillis(),
                (ownCpuNanos() - cpu) / (double) (System.nanoTime() - began),
                gcMillis() - gc,
                ManagementFactory.getCompilationMXBean().getTotalCompilationTime() - compiling,
                waitedMillis() - stolen);
    }

    private static long gcMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /// How long the calling thread, which sends, stood ready and had no core; 0 where the system does not tell.
    private static long waitedMillis() {
        try {
            return Long.parseLong(
                            Files.readString(Path.of("/proc/thread-self/schedstat"))
                                    .split(" ", 3)[1])
                    / 1_000_000;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /// Every request ends within the patience.
    private void settle(AtomicLong ended) throws InterruptedException {
        long before = -1;
        while (ended.get() != before) {
            before = ended.get();
            Thread.sleep(SETTLE_STEP);
        }
    }

    private static long ownCpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private static Latencies onTimetable(
            Validator validator, double rate, double seconds, Consumer<Arrival> arrivals)
            throws InterruptedException {
        var open = new OpenLoop(List.of(validator), arrivals);
        open.run(cycle((long) (rate * seconds), 1e9 / rate));
        return open.lateness();
    }

    /// A few questions, again and again.
    private static Iterator<Timetable.Send> endless() {
        return cycle(Long.MAX_VALUE, 0);
    }

    private static Iterator<Timetable.Send> cycle(long count, double gapNanos) {
        List<Question> questions = questions();
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public Timetable.Send next() {
                long number = next++;
                return new Timetable.Send(
                        number,
                        Math.round(number * gapNanos),
                        0,
                        questions.get((int) (number % questions.size())));
            }
        };
    }

    private static List<Question> questions() {
        return Pairs.load().stream()
                .limit(128)
                .map(pair -> Question.about(List.of(pair), "echo"))
                .toList();
    }

    private static Credentials prepared(Credentials signing, List<Question> questions) {
        List<Credentials.Signed> ready = new ArrayList<>(PREPARED);
        for (int i = 0; i < PREPARED; i++) {
            ready.add(signing.sign(Validator.TARGET, questions.get(i % questions.size())));
        }
        var next = new AtomicLong();
        return new Credentials() {
            @Override
            public Signed sign(String target, Question question) {
                return ready.get((int) (next.getAndIncrement() % PREPARED));
            }

            @Override
            public String name() {
                return signing.name();
            }
        };
    }
}
