package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.miner.ReadyLine;
import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.report.Run;
import dev.kiln.loadtest.traffic.Examination;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Speaker;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One demo from the first key to the last judgement.
final class Demo {
    /// Length of the vectors of the model that the demo serves.
    private static final int DIMENSION = 384;

    private static final int CONNECTIONS = 256;

    private final Settings settings;
    private final Screen screen;
    private final List<Pair> pairs = Pairs.load();

    /// How a demo is to run.
    ///
    /// @param rate questions per second; 0 measures what the box can hold
    record Settings(long seed, double seconds, double rate) {}

    /// One caller of the demo.
    ///
    /// @param axon whether it has not moved on from SDK 10 yet
    private record Asker(String label, KeyPair key, long stake, String sees, boolean axon) {
        HotkeyCredentials credentials(URI url, Hotkey miner, Scheme minerScheme) {
            Speaker speaker =
                    axon
                            ? Speaker.axon(key, miner, url, Examination.Rules.DEFAULT.patience())
                            : Speaker.btauth(key, miner);
            return new HotkeyCredentials(
                    speaker, key.hotkey(), new AnswerCheck(miner, minerScheme));
        }

        static Asker of(String label, Scheme scheme, long stake, String sees) {
            return new Asker(label, KeyPair.generate(scheme), stake, sees, false);
        }
    }

    /// A miner that runs already.
    record Running(URI url, Hotkey miner, Scheme minerScheme, KeyPair caller, String model) {}

    Demo(Settings settings, Screen screen) {
        this.settings = settings;
        this.screen = screen;
    }

    /// Starts a miner of its own, asks it, stops it.
    Run own() throws Failure, InterruptedException {
        List<Asker> askers =
                List.of(
                        Asker.of("large", Scheme.SR25519, 60_000, "full"),
                        Asker.of("medium", Scheme.SR25519, 25_000, "minimal"),
                        Asker.of("small", Scheme.ED25519, 5_000, "minimal"),
                        new Asker(
                                "axon", KeyPair.generate(Scheme.SR25519), 15_000, "minimal", true));
        long began = System.nanoTime();
        List<MinerFolder.Member> members =
                askers.stream()
                        .map(asker ->
                                new MinerFolder.Member(asker.key(), asker.stake(), asker.sees()))
                        .toList();
        var order = new OwnMiner.Order(members, List.of(), "", List.of());
        try (OwnMiner miner = OwnMiner.start(order, this::showStart)) {
            ReadyLine ready = miner.ready();
            screen.say(
                    "  miner      ready after %.1f s: %s  %s@%.8s…  hotkey %s"
                            .formatted(
                                    (System.nanoTime() - began) / 1e9,
                                    ready.url(),
                                    ready.model(),
                                    ready.sha256(),
                                    ready.hotkey()));
            var target =
                    new Run.Target(
                            ready.url().toString(), ready.hotkey(), ready.model(), ready.sha256());
            Run asked = ask(askers, target, miner.hotkey(), Scheme.SR25519);
            return asked.ended(stop(miner));
        } catch (IOException | MinerException e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        }
    }

    private int stop(OwnMiner miner) throws InterruptedException {
        long began = System.nanoTime();
        int code = miner.stop();
        screen.say(
                "  stop       SIGTERM; the miner ended with exit code %d after %.1f s"
                        .formatted(code, (System.nanoTime() - began) / 1e9));
        if (code != 0) {
            screen.say(miner.tail().indent(4).stripTrailing());
        }
        return code;
    }

    private void showStart(Duration waited) {
        screen.live("  miner      starting kiln serve, %d s".formatted(waited.toSeconds()));
    }

    /// Asks a miner that runs already, as one caller on its roster.
    Run running(Running at) throws Failure, InterruptedException {
        var target = new Run.Target(at.url().toString(), at.miner().ss58(), at.model(), "");
        return ask(
                List.of(new Asker("caller", at.caller(), 0, "", false)),
                target,
                at.miner(),
                at.minerScheme());
    }

    private Run ask(List<Asker> askers, Run.Target target, Hotkey miner, Scheme minerScheme)
            throws Failure, InterruptedException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        List<Validator> validators = new ArrayList<>();
        try {
            for (Asker asker : askers) {
                var credentials = asker.credentials(URI.create(target.url()), miner, minerScheme);
                var transport =
                        new Transport(
                                vertx,
                                URI.create(target.url()),
                                CONNECTIONS,
                                Examination.Rules.DEFAULT.patience());
                validators.add(new Validator(asker.label(), credentials, transport));
            }
            var draft =
                    new Timetable.Plan(
                            settings.seed(),
                            settings.rate() > 0 ? settings.rate() : 1,
                            settings.seconds(),
                            askers.size(),
                            target.model());
            var plan = draft.atRate(rate(validators, draft));
            var examination =
                    new Examination(
                            validators,
                            new Judge(target.model(), DIMENSION),
                            Examination.Rules.DEFAULT);
            Examination.Result result = examination.run(new Timetable(plan, pairs), this::show);
            return new Run(
                    plan.seed(),
                    plan.rate(),
                    target,
                    askers.stream().map(Demo::member).toList(),
                    result,
                    OptionalInt.empty());
        } finally {
            validators.forEach(Validator::close);
            vertx.close();
        }
    }

    private double rate(List<Validator> validators, Timetable.Plan draft)
            throws Failure, InterruptedException {
        screen.say("  warm-up    a few seconds, not counted");
        Calibration.Pace pace = Calibration.measure(validators, draft, pairs);
        double rate = settings.rate() > 0 ? settings.rate() : pace.chosen();
        screen.say(
                "  rate       the box answers %.0f/s when pressed; asking %.1f/s at random moments for %.0f s"
                        .formatted(pace.measured(), rate, settings.seconds()));
        return rate;
    }

    private void show(Examination.Progress progress) {
        screen.live("  traffic    " + Progress.line(progress));
    }

    private static Run.Member member(Asker asker) {
        return new Run.Member(
                asker.label(),
                asker.key().hotkey().ss58(),
                asker.key().scheme().wireName(),
                asker.stake(),
                asker.sees());
    }
}
