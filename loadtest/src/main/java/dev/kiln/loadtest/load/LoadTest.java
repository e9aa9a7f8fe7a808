package dev.kiln.loadtest.load;

import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Drive;
import dev.kiln.loadtest.traffic.Examination;
import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Validators that ask one server again and again: a probe, references, a warm-up, and measured runs.
///
/// **Threads:** confined to one.
public final class LoadTest implements AutoCloseable {
    /// Longest time spent on learning what each answer is when it is asked for alone.
    private static final Duration LEARNING = Duration.ofSeconds(15);

    private final Ask ask;
    private final Cast cast;
    private final Rules rules;
    private final List<Validator> validators = new ArrayList<>();
    private final Transport observer;
    private final Supplier<MetricsWatch.Outside> outside;

    /// What a run is held to.
    ///
    /// @param deadline after which an answer is late
    /// @param good least share of good answers, from 0 to 1
    /// @param longestWarmUp zero measures from the first request
    /// @param connections of each validator
    public record Rules(
            Duration deadline,
            double good,
            PayCurve pay,
            Duration longestWarmUp,
            int connections) {}

    /// What one measured run yields.
    ///
    /// @param cpuShare the generator's processor time as a share of one core
    record Measured(
            Traffic traffic,
            Examination.Result result,
            Chronicle chronicle,
            List<LoadRun.Sample> samples,
            List<LoadRun.Stage> metricStages,
            double cpuShare,
            int mostUnjudged,
            boolean stoppedEarly) {}

    /// @param miner what is known of the miner's process, where it is ours
    public LoadTest(Vertx vertx, Ask ask, Cast cast, Rules rules, Optional<MinerView> miner) {
        this.ask = ask;
        this.cast = cast;
        this.rules = rules;
        this.outside =
                miner.<Supplier<MetricsWatch.Outside>>map(view ->
                                () ->
                                        new MetricsWatch.Outside(
                                                view.cpuNanos(), view.residentBytes()))
                        .orElse(() -> MetricsWatch.Outside.UNKNOWN);
        for (Caller caller : cast.callers()) {
            validators.add(
                    new Validator(
                            caller.label(),
                            caller.credentials(ask),
                            new Transport(vertx, ask.url(), rules.connections(), caller.timeout()),
                            ask.path()));
        }
        this.observer = new Transport(vertx, root(ask.url()), 1, Duration.ofSeconds(2));
    }

    private static URI root(URI url) {
        return url.resolve("/");
    }

    /// A process of ours, seen from outside; below 0 where nothing is known.
    public interface MinerView {
        long cpuNanos();

        long residentBytes();
    }

    Ask ask() {
        return ask;
    }

    Cast cast() {
        return cast;
    }

    Rules rules() {
        return rules;
    }

    /// Asks once, then asks for things alone, one after the other.
    ///
    /// @return why a load would be in vain; empty if it would not
    public Optional<String> prepare() throws InterruptedException {
        Optional<String> vain = Probe.ask(ask, validators.getFirst(), judge());
        if (vain.isPresent()) {
            return vain;
        }
        learn();
        return ask.examiner()
                .objection()
                .map(why -> "%s%s: %s".formatted(ask.url(), ask.path(), why));
    }

    private void learn() throws InterruptedException {
        long end = System.nanoTime() + LEARNING.toNanos();
        for (Question question : ask.examiner().alone()) {
            if (System.nanoTime() > end) {
                return;
            }
            Arrival arrival = validators.getFirst().askOnce(question);
            if (judge().judge(arrival) instanceof Finding.Good good) {
                ask.examiner().learn(question, good.marks());
            }
        }
    }

    private Judge judge() {
        return new Judge(ask.receipts(), ask.examiner().marker(ask.receipts()));
    }

    /// Asks until the server answers steadily.
    public LoadRun.WarmUp warmUp(Traffic traffic, Consumer<Examination.Progress> watcher)
            throws InterruptedException {
        if (rules.longestWarmUp().isZero()) {
            return new LoadRun.WarmUp(0, false, 0, "none was asked for");
        }
        var windows = new Windows();
        Traffic like = traffic.warmUp(rules.longestWarmUp().toMillis() / 1e3);
        Iterator<Timetable.Send> sends =
                windows.until(like.timetable(ask.examiner()::deck, validators.size()));
        long began = System.nanoTime();
        var examination = examination();
        Examination.Result result =
                examination.run(arrivals -> drive(like, arrivals), sends, watcher, windows);
        return new LoadRun.WarmUp(
                Math.round((System.nanoTime() - began) / 1e6) / 1e3,
                windows.steady(),
                result.sent(),
                SteadyState.RULE);
    }

    /// Measures.
    Measured measure(Traffic traffic, Consumer<Examination.Progress> watcher)
            throws InterruptedException {
        var chronicle =
                new Chronicle(
                        cast.callers().stream()
                                .map(caller ->
                                        new Chronicle.Payee(
                                                caller.stake(), caller.timeout().toNanos()))
                                .toList(),
                        new Chronicle.Terms(rules.deadline().toNanos(), rules.pay()));
        var examination = examination();
        boolean closed = traffic.inFlight().isPresent();
        Timetable timetable = traffic.timetable(ask.examiner()::deck, validators.size());
        Iterator<Timetable.Send> told =
                closed ? timetable : new Told(timetable, chronicle::offered);
        try (var watch = new MetricsWatch(observer, outside)) {
            long cpu = Surroundings.ownCpuNanos();
            long began = System.nanoTime();
            Examination.Result result =
                    examination.run(
                            arrivals -> drive(traffic, arrivals),
                            told,
                            watcher,
                            (arrival, finding) -> {
                                if (closed) {
                                    chronicle.offered(arrival.send());
                                }
                                chronicle.record(arrival, finding);
                            });
            double share =
                    (Surroundings.ownCpuNanos() - cpu) / (double) (System.nanoTime() - began);
            chronicle.close();
            return new Measured(
                    traffic,
                    result,
                    chronicle,
                    watch.samples(),
                    watch.stages(result.uncorrected().meanMillis()),
                    share,
                    examination.mostUnjudged(),
                    examination.stoppedEarly());
        }
    }

    private Drive drive(Traffic traffic, Consumer<Arrival> arrivals) {
        return traffic.inFlight().isPresent()
                ? ClosedLoop.drive(
                        validators,
                        traffic.inFlight().getAsInt(),
                        Duration.ofNanos((long) (traffic.seconds() * 1e9)),
                        arrivals)
                : new OpenLoop(validators, arrivals);
    }

    private Examination examination() {
        Duration longest =
                cast.callers().stream().map(Caller::timeout).max(Duration::compareTo).orElseThrow();
        return new Examination(
                validators,
                judge(),
                new Examination.Rules(longest, rules.deadline()),
                ask.examiner()::scorer);
    }

    /// Tells of each send as it is taken.
    private record Told(Iterator<Timetable.Send> sends, Consumer<Timetable.Send> teller)
            implements Iterator<Timetable.Send> {
        @Override
        public boolean hasNext() {
            return sends.hasNext();
        }

        @Override
        public Timetable.Send next() {
            Timetable.Send send = sends.next();
            teller.accept(send);
            return send;
        }
    }

    @Override
    public void close() {
        validators.forEach(Validator::close);
        observer.close();
    }
}
