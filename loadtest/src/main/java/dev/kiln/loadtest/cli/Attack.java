package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.loadtest.attack.AttackReport;
import dev.kiln.loadtest.attack.Case;
import dev.kiln.loadtest.attack.Expected;
import dev.kiln.loadtest.attack.Flood;
import dev.kiln.loadtest.attack.Outcome;
import dev.kiln.loadtest.attack.OwnTarget;
import dev.kiln.loadtest.attack.Scene;
import dev.kiln.loadtest.attack.Spoken;
import dev.kiln.loadtest.attack.Suite;
import dev.kiln.loadtest.attack.Target;
import dev.kiln.loadtest.attack.Tried;
import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One attack from the first honest question to the last.
final class Attack {
    private static final int STRANGERS = 16;

    private final Screen screen;
    private final Order order;

    /// What is to be tried.
    ///
    /// @param floodSeconds 0 leaves the flood out
    record Order(
            Target target,
            Spoken spoken,
            List<Case> cases,
            Duration patience,
            double floodSeconds,
            double floodRate) {}

    /// A miner that runs already.
    record Running(URI url, Hotkey miner, KeyPair caller, String model) {}

    Attack(Screen screen, Order order) {
        this.screen = screen;
        this.order = order;
    }

    /// Attacks a miner that runs already.
    AttackReport running(Running at) throws Failure, InterruptedException {
        screen.say(
                "kiln attack: %s at %s, asked in %s"
                        .formatted(order.target(), at.url(), order.spoken()));
        var scene = Scene.at(at.url(), at.miner(), at.caller(), order.spoken(), order.patience());
        requireHonest(scene);
        return report(scene, at.model(), scene);
    }

    /// Starts a miner for the attacks, and another one as shipped for the flood.
    AttackReport own() throws Failure, InterruptedException {
        screen.say("kiln attack: a miner of our own, asked in " + order.spoken());
        try (OwnTarget tight = OwnTarget.tight(this::showStart)) {
            var scene = Scene.of(tight, order.spoken(), order.patience());
            requireHonest(scene);
            if (order.floodSeconds() <= 0) {
                return report(scene, tight.model(), scene);
            }
            try (OwnTarget shipped = OwnTarget.asShipped(this::showStart)) {
                return report(
                        scene,
                        shipped.model(),
                        Scene.of(shipped, order.spoken(), order.patience()));
            }
        } catch (IOException | MinerException e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        }
    }

    private void showStart(Duration waited) {
        screen.live("  starting kiln serve, %d s".formatted(waited.toSeconds()));
    }

    private AttackReport report(Scene scene, String model, Scene flooded)
            throws InterruptedException {
        var suite = new Suite(order.target(), scene);
        Map<String, String> skipped = new LinkedHashMap<>();
        order.cases()
                .forEach(each ->
                        suite.obstacle(each).ifPresent(why -> skipped.put(each.name(), why)));
        List<Tried> tried =
                suite.run(
                        order.cases(),
                        each -> screen.say("  " + AttackReport.line(order.target(), each)));
        Optional<Flood.Result> flood = Optional.empty();
        if (order.floodSeconds() > 0) {
            screen.say("");
            flood = Optional.of(flood(flooded, model));
        }
        return new AttackReport(
                order.target(),
                scene.url().toString(),
                scene.miner().ss58(),
                tried,
                skipped,
                honest(scene).isEmpty(),
                flood);
    }

    private Flood.Result flood(Scene scene, String model) throws InterruptedException {
        double calm = Math.clamp(order.floodSeconds() / 3, 2, 10);
        var plan =
                new Flood.Plan(
                        Duration.ofMillis((long) (order.floodSeconds() * 1e3)),
                        Duration.ofMillis((long) (calm * 1e3)),
                        order.floodRate(),
                        STRANGERS,
                        model);
        return new Flood(order.target(), scene, plan).run(line -> screen.live("  flood: " + line));
    }

    private void requireHonest(Scene scene) throws Failure, InterruptedException {
        Optional<Outcome> outcome = honest(scene);
        if (outcome.isPresent()) {
            throw new Failure(
                    Failure.CANNOT_RUN,
                    "an honest question to %s got: %s; nothing can be learned from refusals then. Is --key on its roster, --miner its hotkey, --target right?"
                            .formatted(scene.url(), outcome.get().words()));
        }
    }

    /// What came of an honest question other than an answer.
    private static Optional<Outcome> honest(Scene scene) throws InterruptedException {
        Outcome outcome = scene.askHonestly();
        return Expected.answer().metBy(outcome) ? Optional.empty() : Optional.of(outcome);
    }
}
