package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.core.Header;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.OpenLoop;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Honest questions at random moments, before, while and after strangers ask as fast as they can.
///
/// The flood and the honest traffic come from one process on one box, so the tail while it lasts holds what the
/// generator itself had to wait for; the generator's own lateness stands beside it.
public final class Flood {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 64;

    private final Target target;
    private final Scene scene;
    private final Plan plan;

    /// How it is to go.
    ///
    /// @param flood how long strangers ask
    /// @param calm how long honest traffic is measured before, and after
    /// @param rate honest questions a second
    /// @param strangers connections that flood
    /// @param model the name that is asked for
    public record Plan(Duration flood, Duration calm, double rate, int strangers, String model) {}

    /// Honest traffic in one stretch.
    ///
    /// @param answered with 200, and proved where the target proves its answers
    /// @param failed refused, lost or not proved
    /// @param lateP99Millis how late the generator itself was
    public record Stretch(
            String name,
            long sent,
            long answered,
            long failed,
            double p50Millis,
            double p99Millis,
            double lateP99Millis) {
        /// Whether 99 of 100 honest questions were answered.
        public boolean good() {
            return sent > 0 && answered >= 0.99 * sent;
        }
    }

    /// What came of it.
    ///
    /// @param seconds that all of it took, warm-up and calm included
    public record Result(List<Stretch> stretches, Strangers.Count strangers, double seconds) {
        public Result {
            stretches = List.copyOf(stretches);
        }

        /// Whether the honest were served throughout and no stranger was.
        public boolean good() {
            return stretches.stream().allMatch(Stretch::good) && strangers.accepted() == 0;
        }
    }

    public Flood(Target target, Scene scene, Plan plan) {
        this.target = target;
        this.scene = scene;
        this.plan = plan;
    }

    /// Runs all three stretches.
    ///
    /// @param told before each
    public Result run(Consumer<String> told) throws InterruptedException {
        long began = System.nanoTime();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        List<Stretch> stretches = new ArrayList<>();
        try (var transport = new Transport(vertx, scene.url(), CONNECTIONS, PATIENCE);
                var validator = new Validator("honest", credentials(), transport)) {
            told.accept("warming up");
            stretch(validator, "warm-up", plan.calm());
            told.accept("before the flood");
            stretches.add(stretch(validator, "before", plan.calm()));
            told.accept("the flood");
            var strangers = new Strangers(scene, plan.strangers());
            Strangers.Count count;
            try {
                stretches.add(stretch(validator, "during", plan.flood()));
                count = strangers.count();
            } finally {
                strangers.stop();
            }
            told.accept("after the flood");
            stretches.add(stretch(validator, "after", plan.calm()));
            return new Result(stretches, count, (System.nanoTime() - began) / 1e9);
        } finally {
            vertx.close();
        }
    }

    private Stretch stretch(Validator validator, String name, Duration length)
            throws InterruptedException {
        var tally = new Tally();
        var loop = new OpenLoop(List.of(validator), tally);
        var timetable =
                new Timetable.Plan(
                        name.hashCode(), plan.rate(), length.toMillis() / 1e3, 1, plan.model());
        loop.run(new Timetable(timetable, Pairs.load()));
        tally.arrived.acquire(Math.toIntExact(loop.sent()));
        return tally.stretch(name, loop);
    }

    private Credentials credentials() {
        Speaker speaker =
                switch (scene.spoken()) {
                    case BTAUTH -> Speaker.btauth(scene.caller(), scene.miner());
                    case AXON -> Speaker.axon(scene.caller(), scene.miner(), scene.url(), PATIENCE);
                    case EPISTULA -> Speaker.epistula(scene.caller(), scene.miner());
                };
        return target.hasCodes()
                ? new HotkeyCredentials(
                        speaker,
                        scene.caller().hotkey(),
                        new AnswerCheck(scene.miner(), Scheme.SR25519))
                : new Undemanding(speaker);
    }

    /// Signs and asks for no receipt: other miners have none.
    private record Undemanding(Speaker speaker) implements Credentials {
        @Override
        public Signed sign(String path, Question question) {
            Speaker.Asked asked = speaker.ask(path, question);
            List<Header> headers = asked.request().headers();
            return new Signed(
                    asked.request().target(),
                    headers,
                    asked.body(),
                    _ -> new Provenance.NotAsked());
        }

        @Override
        public String name() {
            return "honest";
        }
    }

    /// Counts what came of honest questions.
    ///
    /// **Threads:** arrivals on the event loop, read once all have come.
    private static final class Tally implements Consumer<Arrival> {
        private final Semaphore arrived = new Semaphore(0);
        private final Latencies latencies = new Latencies();
        private long answered;
        private long failed;

        @Override
        public void accept(Arrival arrival) {
            boolean good =
                    switch (arrival.end()) {
                        case Arrival.Lost _, Arrival.Unsent _ -> false;
                        case Arrival.Came(var received) ->
                                received.status() == 200
                                        && switch (arrival.signed().demand().check(received)) {
                                            case Provenance.Proved _, Provenance.NotAsked _ -> true;
                                            case Provenance.Unsigned _, Provenance.Broken _ ->
                                                    false;
                                        };
                    };
            synchronized (this) {
                if (good) {
                    answered++;
                    latencies.record(arrival.correctedNanos());
                } else {
                    failed++;
                }
            }
            arrived.release();
        }

        synchronized Stretch stretch(String name, OpenLoop loop) {
            return new Stretch(
                    name,
                    loop.sent(),
                    answered,
                    failed,
                    latencies.millisAt(50),
                    latencies.millisAt(99),
                    loop.lateness().millisAt(99));
        }
    }
}
