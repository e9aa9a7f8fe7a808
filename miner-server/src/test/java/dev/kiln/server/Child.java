package dev.kiln.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// `kiln` as a child process.
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Path errors;

    Child(Path home, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        command.addAll(List.of(arguments));
        this.errors = Files.createTempFile(home, "child", ".err");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("KILN_HOME", home.toString());
        builder.environment().put("BT_WALLET_PATH", home.resolve("wallets").toString());
        this.process = builder.start();
        this.out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// The next line of standard output; null at its end.
    @Nullable String line() throws IOException {
        return out.readLine();
    }

    long pid() {
        return process.pid();
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    /// SIGTERM. The handle sends it and no more; the process's own method would close our end of its output too.
    void terminate() {
        process.toHandle().destroy();
    }

    /// SIGKILL, as the system does it to a process that takes too much.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int exit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the child does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
