package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.kiln.core.model.ModelFault;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    void anInterruptedWaitIsAFaultAndStaysVisible() {
        var leave = new CountDownLatch(1);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> DeepStack.run(() -> waitFor(leave)))
                .isInstanceOf(ModelFault.class);

        assertThat(Thread.interrupted()).isTrue();
        leave.countDown();
    }

    private static boolean waitFor(CountDownLatch leave) {
        try {
            return leave.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
