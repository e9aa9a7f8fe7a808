package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.KilnHome;
import dev.kiln.loadtest.miner.MinerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The engine loop of model-adapters as a child process that stays: its model is loaded, and idle while nobody asks for a
/// stretch.
///
/// **Threads:** confined to one.
final class EngineChild implements AutoCloseable {
    private static final String MAIN = "dev.kiln.adapter.probe.EngineMain";

    /// Where native libraries lie, if somebody has unpacked them.
    private static final String NATIVES = "onnxruntime.native.path";

    private final Process process;
    private final Path log;
    private final BufferedReader lines;
    private final Writer orders;
    private final Map<String, String> facts = new HashMap<>();

    private EngineChild(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// Starts it and waits until its model is loaded.
    ///
    /// @param source the model's, as the served side's configuration has it
    static EngineChild start(String device, String source) throws MinerException, IOException {
        String classPath =
                Optional.ofNullable(System.getProperty("kiln.server.classpath"))
                        .orElseThrow(() -> new MinerException("no -Dkiln.server.classpath", ""));
        List<String> command = command(classPath, device, source);
        Path log = Files.createTempFile("kiln-engine-", ".log");
        var child =
                new EngineChild(
                        new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
        try {
            child.await("ready");
            return child;
        } catch (MinerException | IOException e) {
            child.close();
            throw e;
        }
    }

    private static List<String> command(String classPath, String device, String source) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx256m"); // the server's own, so that both collect as often
        Optional.ofNullable(System.getProperty(NATIVES))
                .ifPresent(folder -> command.add("-D%s=%s".formatted(NATIVES, folder)));
        command.addAll(List.of("-cp", classPath, MAIN));
        command.addAll(List.of(device, KilnHome.cache().toString(), source));
        return command;
    }

    /// What it said of itself.
    String fact(String key) throws MinerException {
        return Optional.ofNullable(facts.get(key))
                .orElseThrow(() -> new MinerException("the engine loop told no " + key, ""));
    }

    /// Runs it for so long.
    ///
    /// @return items a second
    double run(double seconds) throws MinerException, IOException {
        orders.write(seconds + "\n");
        orders.flush();
        return Double.parseDouble(await("items_per_s"));
    }

    private String await(String key) throws MinerException, IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split("=", 2);
            if (parts.length == 2) {
                facts.put(parts[0], parts[1]);
                if (parts[0].equals(key)) {
                    return parts[1];
                }
            }
        }
        throw new MinerException(
                facts.getOrDefault("error", "the engine loop ended early"), Files.readString(log));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(log);
    }
}
