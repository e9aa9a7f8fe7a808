package dev.kiln.loadtest.bench;

import dev.kiln.loadtest.miner.MinerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The echo server as a child process.
public final class EchoChild implements AutoCloseable {
    private final Process process;
    private final URI url;

    private EchoChild(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /// Starts it.
    ///
    /// @param prefix words that pin it, may be empty
    public static EchoChild start(List<String> prefix) throws IOException, MinerException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoServer.class.getName()));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        if (line == null || !line.startsWith("echo ")) {
            process.destroyForcibly();
            throw new MinerException("the echo server did not start", "");
        }
        return new EchoChild(process, URI.create(line.substring(5)));
    }

    public URI url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
