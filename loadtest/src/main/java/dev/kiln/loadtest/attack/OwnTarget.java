package dev.kiln.loadtest.attack;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.MinerProcess;
import dev.kiln.loadtest.miner.ReadyLine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// `kiln serve` as a child with a roster of our callers and limits tight enough to be met in seconds; it can be stopped,
/// killed and started again on the same folder.
///
/// **Threads:** confined to one.
public final class OwnTarget implements AutoCloseable {
    /// An API key that it knows.
    static final String API_KEY = "a-key-of-the-attack-suite-0123456789";

    /// Where requests need not be bound to a miner.
    static final String UNBOUND = "/v1/unbound";

    /// Oldest nonce it takes: longer than a start on a busy box, so that a replay after one is not merely too old.
    static final Duration MAX_AGE = Duration.ofSeconds(100);

    /// Calls a second of one caller.
    static final int RATE = 100;

    /// Calls at once of one caller.
    static final int AT_ONCE = 8;

    /// What an empty account looks like: the neutral element, which binds nobody.
    static final byte[] ZERO_KEY = new byte[Hotkey.LENGTH];

    /// A point of small order of the Edwards curve, the neutral one: whoever takes it for a key takes anything.
    static final byte[] SMALL_ORDER_KEY = smallOrder();

    private static final Duration LONGEST_START = Duration.ofMinutes(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
    private static final long STAKE = 50_000;
    private static final int LEAST_STAKE = 1_000;

    /// Short times and small numbers: every limit but the window is met within seconds.
    private static final String TIGHT =
            """
            auth:
              min-stake: %d
              max-age: %ds
              axon-max-age: %ds
            limits:
              body-time: 700ms
              idle-time: 1500ms
              rate-per-caller: %d
              calls-per-caller: %d
            routes:
              - path: /v1/embeddings
                task: embeddings
              - path: %s
                task: embeddings
                require-receiver: false
            """
                    .formatted(
                            LEAST_STAKE,
                            MAX_AGE.toSeconds(),
                            MAX_AGE.toSeconds(),
                            RATE,
                            AT_ONCE,
                            UNBOUND);

    private final MinerFolder folder;
    private final KeyPair hotkey;
    private final Cast cast;
    private final Consumer<Duration> waiting;
    private MinerProcess process;
    private ReadyLine ready;

    private OwnTarget(MinerFolder folder, KeyPair hotkey, Cast cast, Consumer<Duration> waiting)
            throws IOException, MinerException, InterruptedException {
        this.folder = folder;
        this.hotkey = hotkey;
        this.cast = cast;
        this.waiting = waiting;
        this.process = launch(folder);
        this.ready = await(process, waiting);
    }

    /// Starts one with tight limits.
    ///
    /// @param waiting told once a second how long it has been
    public static OwnTarget tight(Consumer<Duration> waiting)
            throws IOException, MinerException, InterruptedException {
        return start(TIGHT, waiting);
    }

    /// Starts one as shipped, for all but the roster.
    public static OwnTarget asShipped(Consumer<Duration> waiting)
            throws IOException, MinerException, InterruptedException {
        return start("", waiting);
    }

    private static OwnTarget start(String yaml, Consumer<Duration> waiting)
            throws IOException, MinerException, InterruptedException {
        KeyPair hotkey = KeyPair.generate(Scheme.SR25519);
        Cast cast = Cast.fresh();
        var recipe =
                new MinerFolder.Recipe(
                        hotkey,
                        List.of(
                                member(cast.first(), STAKE),
                                member(cast.second(), STAKE),
                                member(cast.axonist(), STAKE),
                                member(cast.edwards(), STAKE),
                                member(cast.poor(), LEAST_STAKE - 1),
                                member(cast.hasty(), STAKE),
                                member(cast.crowd(), STAKE),
                                member(cast.modern(), STAKE)),
                        KilnHome.cache(),
                        yaml,
                        List.of("attack: " + API_KEY));
        MinerFolder folder = MinerFolder.write(recipe);
        try {
            // What no honest operator would write, and a metagraph may hold.
            Files.writeString(
                    folder.resolve("roster.yaml"), extra(cast), StandardOpenOption.APPEND);
            return new OwnTarget(folder, hotkey, cast, waiting);
        } catch (IOException | MinerException | InterruptedException e) {
            folder.close();
            throw e;
        }
    }

    private static MinerFolder.Member member(KeyPair key, long stake) {
        return new MinerFolder.Member(key, stake, "minimal");
    }

    private static String extra(Cast cast) {
        return """
        - {hotkey: %s, stake: %d, permit: false}
        - {hotkey: %s, stake: %d}
        - {hotkey: %s, stake: %d, scheme: ed25519}
        """
                .formatted(
                        cast.unpermitted().hotkey().ss58(),
                        STAKE,
                        Ss58.hotkey(ZERO_KEY).ss58(),
                        STAKE,
                        Ss58.hotkey(SMALL_ORDER_KEY).ss58(),
                        STAKE);
    }

    private static byte[] smallOrder() {
        byte[] neutral = new byte[Hotkey.LENGTH];
        neutral[0] = 1;
        return neutral;
    }

    private static MinerProcess launch(MinerFolder folder) throws IOException, MinerException {
        Path launcher =
                Optional.ofNullable(System.getProperty("kiln.launcher"))
                        .map(Path::of)
                        .orElseThrow(() ->
                                new MinerException(
                                        "start this command with ./kiln, or name that script in -Dkiln.launcher",
                                        ""));
        return MinerProcess.start(
                List.of(
                        launcher.toString(),
                        "serve",
                        "--config",
                        folder.config().toString(),
                        "--port",
                        "0"),
                Map.of("KILN_HOME", folder.resolve("home").toString()),
                folder.log());
    }

    private static ReadyLine await(MinerProcess started, Consumer<Duration> waiting)
            throws MinerException, InterruptedException {
        try {
            return started.awaitReady(LONGEST_START, waiting);
        } catch (MinerException | InterruptedException e) {
            started.close();
            throw e;
        }
    }

    /// Stops it with SIGTERM and starts it again.
    void restart() throws IOException, InterruptedException {
        if (process.stop(LONGEST_STOP) < 0) {
            throw new IOException("the miner did not stop on SIGTERM");
        }
        again();
    }

    /// Kills it with SIGKILL and starts it again.
    void crash() throws IOException, InterruptedException {
        process.kill();
        again();
    }

    private void again() throws IOException, InterruptedException {
        try {
            process = launch(folder);
            ready = await(process, waiting);
        } catch (MinerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    public URI url() {
        return ready.url();
    }

    public Hotkey hotkey() {
        return hotkey.hotkey();
    }

    /// The model that it serves.
    public String model() {
        return ready.model();
    }

    Cast cast() {
        return cast;
    }

    /// The miner's own key, which no request may name.
    KeyPair key() {
        return hotkey;
    }

    /// The last lines of its log.
    public String tail() {
        return process.tail();
    }

    @Override
    public void close() throws IOException {
        process.close();
        folder.close();
    }
}
