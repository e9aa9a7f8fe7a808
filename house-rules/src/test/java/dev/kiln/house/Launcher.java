package dev.kiln.house;

import dev.kiln.loadtest.cli.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Runs the harness's commands in this process, with a launcher for the server's that stands on this class path. Server
/// and harness share one nowhere else.
final class Launcher {
    private Launcher() {}

    /// What a command said.
    record Said(int code, String out) {}

    /// Runs one.
    ///
    /// @param folder takes the launcher
    static Said run(Path folder, String... words) throws IOException {
        System.setProperty("kiln.launcher", written(folder).toString());
        System.setProperty("kiln.root", Path.of("..").toAbsolutePath().normalize().toString());
        var out = new ByteArrayOutputStream();
        PrintStream real = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            int code = Commands.run(words);
            return new Said(code, out.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(real);
            System.clearProperty("kiln.launcher");
            System.clearProperty("kiln.root");
        }
    }

    /// The launcher itself.
    static Path written(Path folder) throws IOException {
        Path launcher = folder.resolve("kiln");
        Files.writeString(
                launcher,
                """
                #!/bin/sh
                exec '%s' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx256m \\
                    -cp '%s' dev.kiln.server.Main "$@"
                """
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return launcher;
    }
}
