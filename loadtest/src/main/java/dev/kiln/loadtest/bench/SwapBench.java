package dev.kiln.loadtest.bench;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.HotkeyCredentials;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Swaps models again and again under open-loop, signed traffic, and counts what callers noticed.
///
/// The rate is a share of what the slowest of the models answers in a closed loop. Before the swaps each model serves
/// for a while at this very rate: latency during a swap is compared with the slower of the two models' own.
public final class SwapBench {
    private static final int CALLERS = 64;
    private static final int TEXTS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Plan plan;
    private final Consumer<String> progress;

    /// How to measure.
    ///
    /// @param sources models in their order, at least two
    /// @param every seconds from the beginning of one swap to that of the next
    /// @param share of the slowest model's capacity, 0 to 1
    /// @param steady seconds that each model serves alone
    /// @param serverCore core of the server, from 0; -1 for any
    /// @param generatorCore core of this process, from 0; -1 for any
    public record Plan(
            List<String> sources,
            int swaps,
            double every,
            double share,
            double steady,
            long seed,
            int serverCore,
            int generatorCore) {
        public Plan {
            sources = List.copyOf(sources);
        }
    }

    /// @param progress told what is being done, a line at a time
    public SwapBench(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /// Measures.
    public SwapReport run() throws MinerException, IOException, InterruptedException {
        Pinning pinning =
                plan.generatorCore() < 0
                        ? Pinning.none()
                        : Pinning.ofThisProcess(plan.generatorCore());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        List<KeyPair> keys = new ArrayList<>();
        List<MinerFolder.Member> members = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            KeyPair key = KeyPair.generate(Scheme.SR25519);
            keys.add(key);
            members.add(new MinerFolder.Member(key, 1000, "full"));
        }
        List<String> prefix = plan.serverCore() < 0 ? List.of() : pinning.on(plan.serverCore());
        var order = new OwnMiner.Order(members, prefix, yaml(plan.sources().getFirst()), List.of());
        try (OwnMiner miner = OwnMiner.start(order, _ -> progress.accept("starting the server"));
                var transport = new Transport(vertx, miner.ready().url(), CALLERS, PATIENCE);
                var admin = new AdminPort(miner.state())) {
            List<Validator> validators = new ArrayList<>();
            for (KeyPair key : keys) {
                var credentials = new HotkeyCredentials(key, miner.hotkey(), Scheme.SR25519);
                validators.add(new Validator("caller", credentials, transport));
            }
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < plan.sources().size(); i++) {
                files.add(
                        miner.configuration(
                                "swap-%d.yaml".formatted(i), yaml(plan.sources().get(i))));
            }
            List<Question> questions =
                    LengthMix.texts(plan.seed(), TEXTS, Pairs.load()).stream()
                            .distinct()
                            .map(text -> Question.of(List.of(text), "swapped"))
                            .toList();
            var side = new SwapSide(miner, transport, validators, questions);
            return new SwapReport(new SwapRun(plan, side, admin, files, progress).measure());
        } finally {
            vertx.close();
        }
    }

    private static String yaml(String source) {
        return """
        models:
          - name: swapped
            source: '%s'
            engine-threads: 1
        """
                .formatted(source);
    }
}
