package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.load.Ask;
import dev.kiln.loadtest.load.Caller;
import dev.kiln.loadtest.load.Cast;
import dev.kiln.loadtest.load.LoadFiles;
import dev.kiln.loadtest.load.LoadSession;
import dev.kiln.loadtest.load.LoadTest;
import dev.kiln.loadtest.load.Traffic;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.OwnMiner;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Sets a load run up as its options say: cores, keys, the miner, and takes it down again.
final class LoadBench {
    private final LoadOptions options;
    private final Screen screen;

    /// What is run once everything stands.
    interface Work {
        LoadRun run(LoadSession session)
                throws LoadSession.InVain, IOException, InterruptedException;
    }

    LoadBench(LoadOptions options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /// Runs the work with everything that it needs.
    LoadRun run(Traffic traffic, LoadFiles files, String command, Work work)
            throws Failure, InterruptedException {
        options.require();
        try {
            Cores cores = Cores.of(options.pin, options.against == null);
            URI at = options.against;
            if (at == null) {
                return own(traffic, files, command, cores, work);
            }
            Hotkey miner = running();
            Cast cast = cast();
            KeyPair asking = cast.callers().getFirst().key();
            Errand errand = Errand.running(options, at, miner, asking, screen);
            var standing = new Standing(at, miner, cast, Optional.empty(), errand);
            return work.run(session(order(traffic, files, command, standing, cores.words())));
        } catch (LoadSession.InVain e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        } catch (IOException | MinerException e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        }
    }

    /// A miner that stands, and who asks it.
    private record Standing(
            URI url, Hotkey miner, Cast cast, Optional<LoadTest.MinerView> view, Errand errand) {}

    private LoadRun own(Traffic traffic, LoadFiles files, String command, Cores cores, Work work)
            throws Failure, IOException, MinerException, InterruptedException, LoadSession.InVain {
        Cast cast = cast();
        Errand errand = Errand.own(options);
        String models = options.task.yaml(options.task.subject().orElse(Subject.EMBEDDING));
        List<MinerFolder.Member> members =
                cast.callers().stream()
                        .map(caller ->
                                new MinerFolder.Member(
                                        caller.key(), Math.round(caller.stake()), caller.sees()))
                        .toList();
        var order = new OwnMiner.Order(members, cores.prefix(), models, List.of());
        try (OwnMiner miner =
                OwnMiner.start(
                        order,
                        waited ->
                                screen.live(
                                        "  miner      starting kiln serve, %d s"
                                                .formatted(waited.toSeconds())))) {
            screen.say("  miner      ready: " + miner.ready().url());
            var standing =
                    new Standing(
                            miner.ready().url(),
                            miner.hotkey(),
                            cast,
                            Optional.of(view(miner)),
                            errand);
            LoadRun run =
                    work.run(session(order(traffic, files, command, standing, cores.words())));
            int code = miner.stop();
            if (code != 0) {
                throw new MinerException("the miner ended with exit code " + code, miner.tail());
            }
            return run;
        }
    }

    private static LoadTest.MinerView view(OwnMiner miner) {
        return new LoadTest.MinerView() {
            @Override
            public long cpuNanos() {
                return miner.cpuNanos().orElse(-1);
            }

            @Override
            public long residentBytes() {
                return miner.residentBytes().orElse(-1);
            }
        };
    }

    private LoadSession session(LoadSession.Order order) {
        return new LoadSession(
                order,
                new LoadSession.Told(
                        screen::say, progress -> screen.live("  " + Progress.line(progress))));
    }

    private LoadSession.Order order(
            Traffic traffic, LoadFiles files, String command, Standing standing, String pinning)
            throws Failure {
        var ask =
                new Ask(
                        standing.url(),
                        standing.miner(),
                        scheme(),
                        standing.errand().model(),
                        standing.errand().path(),
                        standing.errand().examiner(),
                        options.names(),
                        options.receiptsDue() && options.apiKeyFile == null);
        var rules =
                new LoadTest.Rules(
                        options.deadline,
                        options.goodShare(),
                        options.curve(),
                        options.warmUp,
                        options.connections);
        return new LoadSession.Order(
                ask, standing.cast(), rules, traffic, files, standing.view(), command, pinning);
    }

    private Scheme scheme() throws Failure {
        for (Scheme scheme : Scheme.values()) {
            if (scheme.wireName().equals(options.minerScheme)) {
                return scheme;
            }
        }
        throw LoadOptions.unknown(
                "--miner-scheme", options.minerScheme, List.of("sr25519", "ed25519"));
    }

    /// Nobody has to sign for an API key.
    private Hotkey running() throws Failure {
        if (options.apiKeyFile != null && options.miner == null) {
            return KeyPair.generate(Scheme.SR25519).hotkey();
        }
        return Keys.miner(options.miner);
    }

    private Cast cast() throws Failure, IOException {
        var wish =
                new Cast.Wish(
                        options.validators(),
                        options.spoken(),
                        options.timeout,
                        options.clockSpread,
                        options.seed);
        Path folder = options.keys;
        if (folder != null) {
            return Cast.kept(wish, folder);
        }
        if (options.against == null) {
            return Cast.fresh(wish);
        }
        Path apiKey = options.apiKeyFile;
        if (apiKey != null) {
            String secret = secret(apiKey);
            return new Cast(
                    Cast.fresh(wish).callers().stream()
                            .map(caller -> caller.asking(secret))
                            .toList());
        }
        if (options.validators() > 1) {
            throw LoadOptions.cannot(
                    "several validators need keys that the server knows: `kiln load keys --keys FOLDER` makes them and prints a roster, then give --keys FOLDER here");
        }
        return alone(Keys.caller(options.key));
    }

    private static String secret(Path file) throws Failure {
        try {
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw LoadOptions.cannot("API key file %s is empty".formatted(file));
            }
            return secret;
        } catch (IOException e) {
            throw LoadOptions.cannot("API key file %s cannot be read".formatted(file));
        }
    }

    private Cast alone(KeyPair key) throws Failure {
        return new Cast(
                List.of(
                        new Caller(
                                "caller",
                                key,
                                options.spoken().getFirst(),
                                1,
                                options.timeout,
                                Duration.ZERO,
                                "",
                                Optional.empty())));
    }
}
