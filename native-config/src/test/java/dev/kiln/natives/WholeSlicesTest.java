package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class WholeSlicesTest {
    private static final int SCHED_BATCH = 3;

    /// The policy of the thread that asks: the 41st word of its `stat`.
    private static int policy() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        String behindName = stat.substring(stat.lastIndexOf(')') + 2);
        return Integer.parseInt(List.of(behindName.split(" ", -1)).get(38));
    }

    private static <T> T onThreadOfItsOwn(Callable<T> work) throws Exception {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    @Test
    void whoAsksAndWhatItStartsRunWholeSlicesAndNobodyElse() throws Exception {
        int before = policy();

        int[] seen =
                onThreadOfItsOwn(() -> {
                    assertThat(policy()).isEqualTo(before);
                    assertThat(WholeSlices.fromHere()).isTrue();
                    return new int[] {policy(), onThreadOfItsOwn(WholeSlicesTest::policy)};
                });

        assertThat(seen).containsOnly(SCHED_BATCH);
        assertThat(policy()).isEqualTo(before);
    }

    @Test
    void itCanBeSwitchedOffToBeMeasured() throws Exception {
        System.setProperty("kiln.whole-slices", "false");
        try {
            int after =
                    onThreadOfItsOwn(() -> {
                        assertThat(WholeSlices.fromHere()).isFalse();
                        return policy();
                    });
            assertThat(after).isEqualTo(policy());
        } finally {
            System.clearProperty("kiln.whole-slices");
        }
    }
}
