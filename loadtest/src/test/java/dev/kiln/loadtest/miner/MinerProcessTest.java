package dev.kiln.loadtest.miner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The child is a shell that stands in for `kiln serve`.
class MinerProcessTest {
    private static final String READY =
            "ready http://127.0.0.1:1 hotkey 5Abc model m@" + "0f".repeat(32);

    @TempDir private Path folder = Path.of("");

    @Test
    void aChildThatIsReadyIsAskedToStopAndItsExitCodeTold() throws Exception {
        try (MinerProcess miner =
                shell(
                        "trap 'exit 7' TERM; echo noise; echo '%s'; while :; do sleep 0.1; done"
                                .formatted(READY))) {
            assertThat(miner.awaitReady(Duration.ofSeconds(20), _ -> {}).hotkey())
                    .isEqualTo("5Abc");
            assertThat(miner.stop(Duration.ofSeconds(20))).isEqualTo(7);
        }
    }

    @Test
    void aChildThatEndsTooSoonIsReportedWithItsLastWords() throws Exception {
        try (MinerProcess miner = shell("echo 'port 8091 is in use' >&2; exit 2")) {
            assertThatThrownBy(() -> miner.awaitReady(Duration.ofSeconds(20), _ -> {}))
                    .isInstanceOf(MinerException.class)
                    .hasMessageContainingAll("ended before it was ready", "port 8091 is in use");
        }
    }

    @Test
    void aChildThatDoesNotObeyIsKilled() throws Exception {
        try (MinerProcess miner =
                shell("trap '' TERM; echo '%s'; while :; do sleep 0.1; done".formatted(READY))) {
            miner.awaitReady(Duration.ofSeconds(20), _ -> {});
            assertThat(miner.stop(Duration.ofMillis(300))).isEqualTo(-1);
        }
    }

    /// A launcher that waits for its child stands between us and the miner.
    @Test
    void whatAChildHasStartedEndsWithIt() throws Exception {
        Path pid = folder.resolve("pid");
        MinerProcess miner =
                shell(
                        "sh -c 'echo $$ > %s.tmp; mv %1$s.tmp %1$s; sleep 300; true'; true"
                                .formatted(pid));
        while (!Files.exists(pid)) {
            Thread.onSpinWait();
        }
        ProcessHandle grandchild =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

        assertThatThrownBy(() -> miner.awaitReady(Duration.ofMillis(1), _ -> {}))
                .isInstanceOf(MinerException.class);
        miner.close();

        assertThat(grandchild.onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    private MinerProcess shell(String script) throws Exception {
        return MinerProcess.start(List.of("sh", "-c", script), Map.of(), folder.resolve("log"));
    }
}
