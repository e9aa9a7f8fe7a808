package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class GentlyTest {
    /// The nice value of the thread that asks: the 19th word of its `stat`.
    private static int niceness() throws IOException {
        return niceness(Path.of("/proc/thread-self"));
    }

    private static int niceness(Path thread) throws IOException {
        String stat = Files.readString(thread.resolve("stat"));
        String behindName = stat.substring(stat.lastIndexOf(')') + 2);
        return Integer.parseInt(List.of(behindName.split(" ", -1)).get(16));
    }

    @Test
    void theWorkAndWhatItStartsAreNiceAndNobodyElseIs() throws Exception {
        int before = niceness();

        int[] seen =
                Gently.run(
                        "gently",
                        () -> {
                            var inner = new FutureTask<>(GentlyTest::niceness);
                            Thread.ofPlatform().daemon().start(inner);
                            return new int[] {niceness(), inner.get()};
                        });

        assertThat(seen[0]).isEqualTo(Math.max(before, Gently.NICE));
        assertThat(seen[1]).isEqualTo(seen[0]);
        assertThat(niceness()).isEqualTo(before);
    }

    @Test
    void whatCompilesThisProgramIsNiceFromThenOn() throws IOException {
        int found = Gently.compile();

        int nice = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                boolean compiles =
                        Files.readString(thread.resolve("comm")).matches("C[12] Compiler(?s).*");
                nice += compiles && niceness(thread) >= Gently.COMPILING ? 1 : 0;
                assertThat(compiles && niceness(thread) < Gently.COMPILING).isFalse();
            }
        }
        assertThat(found).isPositive();
        assertThat(nice).isGreaterThanOrEqualTo(found);
    }

    @Test
    void whatItThrowsComesBack() {
        var thrown =
                catchThrowableOfType(
                        ExecutionException.class,
                        () ->
                                Gently.run(
                                        "gently",
                                        () -> {
                                            throw new IOException("torn");
                                        }));

        assertThat(thrown).hasCauseInstanceOf(IOException.class);
    }
}
