package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.loadtest.cli.Commands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole attack suite against our own server, as the launcher would start it. It stands here because server and
/// harness share no class path anywhere else.
class AttackIT {
    @TempDir private Path folder = Path.of("");

    @Test
    @Timeout(600)
    void ourOwnServerWithstandsEveryAttack() throws Exception {
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
        System.setProperty("kiln.launcher", launcher.toString());
        var out = new ByteArrayOutputStream();
        PrintStream real = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        int code;
        try {
            code = Commands.run("attack", "run", "--start", "--flood-seconds", "3");
        } finally {
            System.setOut(real);
            System.clearProperty("kiln.launcher");
        }

        String said = out.toString(StandardCharsets.UTF_8);
        assertThat(code).as(said).isZero();
        assertThat(said)
                .contains("restart-killed", "flood", "PASS")
                .doesNotContain("needs --start");
    }
}
