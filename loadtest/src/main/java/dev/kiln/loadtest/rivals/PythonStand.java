package dev.kiln.loadtest.rivals;

import dev.kiln.bittensor.keys.KeyFormatException;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.miner.MinerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server of `loadtest/rivals` as a child process, in the environment that its setup made.
///
/// **Threads:** confined to one; a thread of its own reads what the child says.
final class PythonStand implements Stand {
    private static final int TAIL_LINES = 12;
    private static final long STOP_SECONDS = 3;

    private final Process process;
    private final URI url;
    private final Path log;
    private final Thread onExit =
            new Thread(() -> family().forEach(ProcessHandle::destroyForcibly));
    private volatile String configuration = ""; // written by the thread that reads
    private volatile Optional<Hotkey> hotkey = Optional.empty(); // written by the thread that reads

    private PythonStand(Process process, URI url, Path log) {
        this.process = process;
        this.url = url;
        this.log = log;
        Thread.ofPlatform().name("rival-output").daemon().start(this::read);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// Why a rival cannot run here; empty where it can.
    static String missing(Contender contender, Workshop workshop) {
        Path python = workshop.python(contender.id());
        return Files.isExecutable(python) && Files.exists(workshop.made(contender.id()))
                ? ""
                : "not installed here; `loadtest/rivals/setup %s` would".formatted(contender.id());
    }

    /// Starts it; it need not answer yet.
    static PythonStand start(
            Contender contender,
            Exhibit exhibit,
            Workshop workshop,
            List<String> prefix,
            int threads)
            throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        workshop.python(contender.id()).toString(),
                        contender.id() + "_server.py",
                        "--port",
                        Integer.toString(port),
                        "--folder",
                        exhibit.folder().toAbsolutePath().toString(),
                        "--model",
                        exhibit.name(),
                        "--threads",
                        Integer.toString(threads)));
        Path log = Files.createTempFile("kiln-rival-", ".log");
        var builder =
                new ProcessBuilder(command)
                        .directory(workshop.scripts().toFile())
                        .redirectError(log.toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        // Without it the older SDK makes folders in the user's home.
        builder.environment().put("READ_ONLY", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        return new PythonStand(process, URI.create("http://127.0.0.1:" + port), log);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("config ")) {
                    configuration = line.substring(7).strip();
                } else if (line.startsWith("hotkey ")) {
                    hotkey = Optional.of(parsed(line.substring(7).strip()));
                }
            }
        } catch (IOException | KeyFormatException e) {
            configuration = "(its output cannot be read: %s)".formatted(e.getMessage());
        }
    }

    /// One without a hotkey gets one of ours: nobody signs for it.
    private static Hotkey parsed(String said) throws KeyFormatException {
        return said.equals("none") ? KeyPair.generate(Scheme.SR25519).hotkey() : Ss58.hotkey(said);
    }

    /// Whether it has told who it is; one that ended never will.
    ///
    /// @throws MinerException if it has ended
    boolean spoke() throws MinerException {
        if (!process.isAlive()) {
            throw new MinerException(
                    "it ended with exit code " + process.exitValue() + " before it answered",
                    tail());
        }
        return hotkey.isPresent();
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public Hotkey hotkey() {
        return hotkey.orElseThrow(() -> new IllegalStateException("it has not spoken yet"));
    }

    @Override
    public String configuration() {
        return configuration;
    }

    @Override
    public String tail() {
        try {
            // Whatever bytes it wrote are shown.
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: %s)".formatted(e.getMessage());
        }
    }

    /// Ends it and whatever it has started: workers outlive a parent that is told to stop.
    @Override
    public void stop() throws IOException, InterruptedException {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroy);
        boolean obeyed = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        family.forEach(ProcessHandle::destroyForcibly);
        if (!obeyed) {
            process.waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(onExit);
        Files.deleteIfExists(log);
    }

    private List<ProcessHandle> family() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    }
}
