package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThreadTimesTest {
    @Test
    void aBusyThreadIsSeenUnderItsWork() throws Exception {
        assumeThat(Path.of("/proc/self/stat")).exists();
        long pid = ProcessHandle.current().pid();
        var done = new java.util.concurrent.CountDownLatch(1);
        var leave = new java.util.concurrent.CountDownLatch(1);
        Thread lane =
                Thread.ofPlatform()
                        .name("lane-test-cpu-0")
                        .start(() -> {
                            long sum = 0;
                            for (int i = 0; i < 1_000_000_000; i++) {
                                sum += i ^ (sum << 1);
                            }
                            done.countDown();
                            try {
                                leave.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(String.valueOf(sum), e);
                            }
                        });
        done.await();
        Map<String, Long> times = ThreadTimes.of(pid);
        leave.countDown();
        lane.join();

        assertThat(times.getOrDefault("lanes: the engine", 0L)).isPositive();
        assertThat(times.getOrDefault("all other threads", 0L)).isPositive();
    }

    @Test
    void timesAreToldPerAnswer() {
        assertThat(ThreadTimes.between(Map.of("a", 1_000L), Map.of("a", 5_000L, "b", 6_000L), 2))
                .isEqualTo(Map.of("a", 2.0, "b", 3.0));
    }
}
