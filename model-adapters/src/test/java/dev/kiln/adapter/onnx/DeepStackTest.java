package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.kiln.core.model.ModelFault;
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
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> DeepStack.run(() -> depth(10))).isInstanceOf(ModelFault.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
