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
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.traffic.Judge;
import dev.kiln.loadtest.traffic.Validator;
import dev.kiln.loadtest.traffic.Wording;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Sets a load run up as its options say: cores, keys, the miner, and takes it down again.
final class LoadBench {
    private static final int SMALL_BOX = 4;

    private final LoadOptions options;
    private final Screen screen;

    /// What is run once everything stands.
    interface Work {
        LoadRun run(LoadSession session)
                throws LoadSession.InVain, IOException, InterruptedException;
    }

    /// Cores of generator and server.
    ///
    /// @param words what a report says of it
    /// @param prefix words that start the server on its own core
    private record Cores(String words, List<String> prefix) {}

    LoadBench(LoadOptions options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /// Runs the work with everything that it needs.
    LoadRun run(Traffic traffic, LoadFiles files, String command, Work work)
            throws Failure, InterruptedException {
        options.require();
        try {
            Cores cores = cores();
            URI at = options.against;
            return at == null
                    ? own(traffic, files, command, cores, work)
                    : work.run(
                            session(
                                    order(
                                            traffic,
                                            files,
                                            command,
                                            new Standing(at, running(), cast(), Optional.empty()),
                                            cores.words())));
        } catch (LoadSession.InVain e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        } catch (IOException | MinerException e) {
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        }
    }

    /// A miner that stands, and who asks it.
    private record Standing(URI url, Hotkey miner, Cast cast, Optional<LoadTest.MinerView> view) {}

    private LoadRun own(Traffic traffic, LoadFiles files, String command, Cores cores, Work work)
            throws Failure, IOException, MinerException, InterruptedException, LoadSession.InVain {
        Cast cast = cast();
        List<MinerFolder.Member> members =
                cast.callers().stream()
                        .map(caller ->
                                new MinerFolder.Member(
                                        caller.key(), Math.round(caller.stake()), caller.sees()))
                        .toList();
        var order = new OwnMiner.Order(members, cores.prefix(), "", List.of());
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
                            miner.ready().url(), miner.hotkey(), cast, Optional.of(view(miner)));
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
        String given = standing.url().getRawPath();
        String path =
                options.path != null
                        ? options.path
                        : given == null || given.isEmpty() || given.equals("/")
                                ? Validator.TARGET
                                : given;
        var ask =
                new Ask(
                        standing.url(),
                        standing.miner(),
                        scheme(),
                        options.model,
                        path,
                        wording(),
                        options.names(),
                        options.receiptsDue() && options.apiKeyFile == null,
                        options.expect.equals("anything")
                                ? Judge.Content.ANYTHING
                                : Judge.Content.EMBEDDINGS);
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

    private Wording wording() throws Failure {
        Path body = options.body;
        if (body == null) {
            return Wording.embeddings(options.model);
        }
        try {
            return Wording.template(Files.readString(body), options.model);
        } catch (IOException e) {
            throw LoadOptions.cannot(
                    "--body %s cannot be read (%s)".formatted(body, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw LoadOptions.cannot("--body %s: %s".formatted(body, e.getMessage()));
        }
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
            String secret = Files.readString(apiKey).strip();
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

    /// Pins this process, and says how the server is to be pinned.
    private Cores cores() throws Failure, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean auto = options.pin.equals("auto");
        if (options.pin.equals("none") || (auto && (cores < 2 || cores > SMALL_BOX))) {
            return new Cores("not pinned", List.of());
        }
        if (!auto && !options.pin.matches("[0-9]{1,4}")) {
            throw LoadOptions.cannot(
                    "--pin must be auto, none or a core's number, was " + options.pin);
        }
        int core = auto ? cores - 1 : Integer.parseInt(options.pin);
        Pinning pinning = Pinning.ofThisProcess(core);
        if (!pinning.works()) {
            return new Cores("not pinned: taskset did not do it", List.of());
        }
        if (options.against != null) {
            return new Cores(
                    "generator on core %d of %d, the server where it was".formatted(core, cores),
                    List.of());
        }
        return new Cores(
                "generator on core %d of %d, the server on the others".formatted(core, cores),
                pinning.beside(core, cores));
    }
}
