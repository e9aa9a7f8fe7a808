package dev.kiln.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.natives.Child;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What a closed model leaves free in the C library's heaps must serve the next one: nothing of it is in use, so that
/// [AdapterConformance] does not see it.
class LoadingAgainTest {
    private static final int FIRST = 4;
    private static final int AGAIN = 8;

    /// With a heap for each load it would be 60 MiB, eight times.
    private static final long MOST_BYTES = 128L << 20;

    @Test
    void aModelTakesTheSpaceOfTheOneBefore() throws Exception {
        Assumptions.assumeTrue(NativeMemory.isKnown(), "this C library does not tell");

        Child child =
                Child.run(Child.java(Loads.class.getName(), List.of()), Duration.ofMinutes(5));

        assertThat(child.exit()).as(child.err()).contains(0);
        assertThat(Long.parseLong(child.out().strip())).isLessThan(MOST_BYTES);
    }

    /// A process of its own: in that of the tests every heap may have held a model before.
    static final class Loads {
        private Loads() {}

        /// Prints how many bytes more the C library holds after the last loads than after the first few.
        public static void main(String[] args) throws Exception {
            takeEveryHeap();
            load(FIRST);
            long before = NativeMemory.bytesHeld();
            load(AGAIN);
            System.out.println(NativeMemory.bytesHeld() - before);
        }

        /// Threads that stay, as a busy server has them: as many as glibc makes heaps at most.
        private static void takeEveryHeap() throws InterruptedException {
            int heaps = 8 * Runtime.getRuntime().availableProcessors();
            var there = new CountDownLatch(heaps);
            var never = new Semaphore(0);
            for (int i = 0; i < heaps; i++) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try (Arena arena = Arena.ofConfined()) {
                                MemorySegment own = arena.allocate(64);
                                own.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
                                there.countDown();
                                never.acquireUninterruptibly();
                            }
                        });
            }
            there.await();
        }

        private static void load(int times) throws Exception {
            ModelSettings settings = ModelSettings.minilm(1).on("cpu");
            for (int i = 0; i < times; i++) {
                Models.openHere(settings, Path.of("target", "test-cache")).close();
            }
        }
    }
}
