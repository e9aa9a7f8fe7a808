package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.kiln.natives.Gently;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeepStackTest {
    private static int depth(int left) {
        return left == 0 ? 0 : 1 + depth(left - 1);
    }

    @Test
    void recursionThatOverflowsAnOrdinaryThreadFits() throws Exception {
        assertThat(DeepStack.run(() -> depth(60_000))).isEqualTo(60_000);
    }

    @Test
    void theEnginesOwnFaultComesThrough() {
        assertThatThrownBy(() ->
                        DeepStack.run(() -> {
                            throw new OrtException("planted");
                        }))
                .isInstanceOf(OrtException.class)
                .hasMessage("planted");
    }

    @Test
    void aCallerThatWasInterruptedGetsTheResultAndStaysInterrupted() throws Exception {
        Thread caller = Thread.currentThread();
        caller.interrupt();

        boolean waited = DeepStack.run(() -> itWaits(caller));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(waited).isTrue();
    }

    @Test
    void noInterruptLetsTheCallerFreeWhatTheWorkStillReads() throws Exception {
        var begun = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var read = new AtomicInteger();
        Thread caller =
                Thread.ofPlatform()
                        .start(() -> {
                            try (Arena arena = Arena.ofShared()) {
                                MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, 7);
                                read.set(
                                        DeepStack.run(() -> {
                                            begun.countDown();
                                            waitFor(leave);
                                            return bytes.get(ValueLayout.JAVA_INT, 0);
                                        }));
                            } catch (OrtException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(waitFor(begun)).isTrue();

        caller.interrupt();
        boolean waits = itWaits(caller);
        leave.countDown();
        caller.join();

        assertThat(waits).isTrue();
        assertThat(read).hasValue(7);
    }

    @Test
    void theThreadOfOneLoadIsThatOfTheNext() throws Exception {
        Thread first = DeepStack.run(Thread::currentThread);

        assertThat(DeepStack.run(Thread::currentThread)).isSameAs(first);
    }

    @Test
    void loadsAtOnceDoNotWaitForEachOther() throws Exception {
        var inside = new CountDownLatch(2);
        Callable<Boolean> load =
                () ->
                        DeepStack.run(() -> {
                            inside.countDown();
                            return waitFor(inside);
                        });

        try (var callers = Executors.newFixedThreadPool(2)) {
            for (Future<Boolean> met : callers.invokeAll(List.of(load, load))) {
                assertThat(met.get()).isTrue();
            }
        }
    }

    /// A thread that a gentle load started is nice for ever, and one that an ordinary load started cannot be made so for
    /// a while.
    @Test
    void gentleLoadsHaveThreadsOfTheirOwn() throws Exception {
        Callable<Thread> load = () -> DeepStack.run(Thread::currentThread);

        Thread ordinary = load.call();
        Thread gentle = Gently.run("gently", load);

        assertThat(gentle).isNotSameAs(ordinary);
        assertThat(load.call()).isSameAs(ordinary);
        assertThat(Gently.run("gently", load)).isSameAs(gentle);
    }

    /// Whether a thread waits, having seen that it was interrupted; it may also have ended, or be doing something else for a
    /// minute.
    private static boolean itWaits(Thread thread) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (thread.isAlive() && System.nanoTime() < end) {
            if (!thread.isInterrupted() && thread.getState() == Thread.State.WAITING) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static boolean waitFor(CountDownLatch latch) {
        try {
            return latch.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
