package dev.kiln.loadtest.cli;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.MinerFolder;
import dev.kiln.loadtest.miner.MinerProcess;
import dev.kiln.loadtest.miner.ReadyLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The demo's own miner: a fresh hotkey, a roster of three validators, `kiln serve` as a child process.
final class DemoMiner implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

    private final MinerFolder folder;
    private final MinerProcess process;
    private final ReadyLine ready;

    private DemoMiner(MinerFolder folder, MinerProcess process, ReadyLine ready) {
        this.folder = folder;
        this.process = process;
        this.ready = ready;
    }

    /// Starts it and waits until it answers.
    static DemoMiner start(List<MinerFolder.Member> members, String extraYaml, Screen screen)
            throws Failure, InterruptedException {
        KeyPair hotkey = KeyPair.generate(Scheme.SR25519);
        try {
            MinerFolder folder =
                    MinerFolder.write(
                            new MinerFolder.Recipe(hotkey, members, KilnHome.cache(), extraYaml));
            try {
                return start(folder, hotkey, screen);
            } catch (IOException | Failure | InterruptedException e) {
                folder.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_RUN, "the miner cannot be started: " + e.getMessage());
        }
    }

    private static DemoMiner start(MinerFolder folder, KeyPair hotkey, Screen screen)
            throws IOException, Failure, InterruptedException {
        List<String> command =
                List.of(launcher(), "serve", "--config", folder.config().toString(), "--port", "0");
        var environment = Map.of("KILN_HOME", folder.resolve("home").toString());
        MinerProcess process = MinerProcess.start(command, environment, folder.log());
        try {
            ReadyLine ready =
                    process.awaitReady(
                            LONGEST_START,
                            waited ->
                                    screen.live(
                                            "  miner      starting kiln serve, %d s"
                                                    .formatted(waited.toSeconds())));
            if (!ready.hotkey().equals(hotkey.hotkey().ss58())) {
                process.close();
                throw new Failure(
                        Failure.REFUSED,
                        "the miner says it is %s, its keyfile holds %s"
                                .formatted(ready.hotkey(), hotkey.hotkey()));
            }
            return new DemoMiner(folder, process, ready);
        } catch (MinerException e) {
            process.close();
            throw new Failure(Failure.CANNOT_RUN, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            process.close();
            throw e;
        }
    }

    private static String launcher() throws Failure {
        return Optional.ofNullable(System.getProperty("kiln.launcher"))
                .orElseThrow(() ->
                        new Failure(
                                Failure.CANNOT_RUN,
                                "start this command with ./kiln, or name that script in -Dkiln.launcher"));
    }

    ReadyLine ready() {
        return ready;
    }

    long pid() {
        return process.pid();
    }

    /// Tells it to stop and waits.
    ///
    /// @return its exit code; -1 if it had to be killed
    int stop() throws InterruptedException {
        return process.stop(LONGEST_STOP);
    }

    /// The last lines of its log.
    String tail() {
        return process.tail();
    }

    @Override
    public void close() throws IOException {
        process.close();
        folder.close();
    }
}
