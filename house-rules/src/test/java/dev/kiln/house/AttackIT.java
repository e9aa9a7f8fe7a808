package dev.kiln.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
        Launcher.Said said =
                Launcher.run(folder, "attack", "run", "--start", "--flood-seconds", "3");

        assertThat(said.out().lines().filter(line -> line.stripLeading().startsWith("BAD")))
                .isEmpty();
        assertThat(said.code()).as(tail(said.out())).isZero();
        assertThat(said.out())
                .contains("restart-killed", "flood", "PASS")
                .doesNotContain("needs --start");
    }

    /// What follows the rows: the flood, and the verdict with its reasons.
    private static String tail(String out) {
        List<String> lines = out.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }
}
