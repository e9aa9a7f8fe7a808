package dev.kiln.loadtest.miner;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A miner that the harness starts for itself: a fresh hotkey, a roster, `kiln serve` as a child process.
///
/// **Threads:** confined to one.
public final class OwnMiner implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

    private final MinerFolder folder;
    private final MinerProcess process;
    private final ReadyLine ready;
    private final Hotkey hotkey;

    private OwnMiner(MinerFolder folder, MinerProcess process, ReadyLine ready, Hotkey hotkey) {
        this.folder = folder;
        this.process = process;
        this.ready = ready;
        this.hotkey = hotkey;
    }

    /// What to start.
    ///
    /// @param prefix words before the launcher, such as those that pin it; mostly empty
    /// @param extraYaml more lines of configuration, may be empty
    /// @param apiKeys lines of an API key file, may be empty
    public record Order(
            List<MinerFolder.Member> members,
            List<String> prefix,
            String extraYaml,
            List<String> apiKeys) {}

    /// Starts it and waits until it answers.
    ///
    /// @param waiting told once a second how long it has been
    /// @throws MinerException if it does not start, or says it is somebody else
    public static OwnMiner start(Order order, Consumer<Duration> waiting)
            throws MinerException, IOException, InterruptedException {
        KeyPair hotkey = KeyPair.generate(Scheme.SR25519);
        List<String> command = new ArrayList<>(order.prefix());
        command.add(launcher());
        var recipe =
                new MinerFolder.Recipe(
                        hotkey,
                        order.members(),
                        KilnHome.cache(),
                        order.extraYaml(),
                        order.apiKeys());
        MinerFolder folder = MinerFolder.write(recipe);
        Optional<MinerProcess> started = Optional.empty();
        try {
            command.addAll(List.of("serve", "--config", folder.config().toString(), "--port", "0"));
            var environment = Map.of("KILN_HOME", folder.resolve("home").toString());
            started = Optional.of(MinerProcess.start(command, environment, folder.log()));
            ReadyLine ready = started.get().awaitReady(LONGEST_START, waiting);
            if (!ready.hotkey().equals(hotkey.hotkey().ss58())) {
                throw new MinerException(
                        "the miner says it is %s, its keyfile holds %s"
                                .formatted(ready.hotkey(), hotkey.hotkey()),
                        "");
            }
            return new OwnMiner(folder, started.get(), ready, hotkey.hotkey());
        } catch (MinerException | IOException | InterruptedException e) {
            started.ifPresent(MinerProcess::close);
            folder.close();
            throw e;
        }
    }

    private static String launcher() throws MinerException {
        return Optional.ofNullable(System.getProperty("kiln.launcher"))
                .orElseThrow(() ->
                        new MinerException(
                                "start this command with ./kiln, or name that script in -Dkiln.launcher",
                                ""));
    }

    public ReadyLine ready() {
        return ready;
    }

    public Hotkey hotkey() {
        return hotkey;
    }

    /// Processor time used up to now in nanoseconds, where the system tells.
    public OptionalLong cpuNanos() {
        return process.cpuNanos();
    }

    /// Its number in the system.
    public long pid() {
        return process.pid();
    }

    /// Resident memory in bytes, where the system tells.
    public OptionalLong residentBytes() {
        return process.residentBytes();
    }

    /// Has it collect its whole heap and give free native memory back, and waits until that is done.
    ///
    /// @throws IOException if this JVM's JDK has no `jcmd`, or that does not get through
    public void collect() throws IOException, InterruptedException {
        jcmd("GC.run");
        jcmd("System.trim_native_heap");
    }

    private void jcmd(String command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asked =
                new ProcessBuilder(jcmd.toString(), Long.toString(pid()), command)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() != 0) {
            throw new IOException("jcmd %s of the miner: %s".formatted(command, said.strip()));
        }
    }

    /// The folder of what the miner keeps.
    public Path state() {
        return folder.resolve("state");
    }

    /// Its configuration with other lines in place of the extra ones, in a file beside it.
    public Path configuration(String name, String extraYaml) throws IOException {
        return folder.variant(name, extraYaml);
    }

    /// Tells it to stop and waits.
    ///
    /// @return its exit code; -1 if it had to be killed
    public int stop() throws InterruptedException {
        return process.stop(LONGEST_STOP);
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
