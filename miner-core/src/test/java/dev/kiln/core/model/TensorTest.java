package dev.kiln.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void itsBytesAreAsManyAsItsShapeSays() {
        assertThatThrownBy(() -> tensor(List.of(2L, 3L), 23)).hasMessageContaining("24 bytes");
        assertThatThrownBy(() -> tensor(List.of(2L, -3L), 24)).hasMessageContaining("negative");
        assertThatThrownBy(() -> tensor(List.of(1L << 40, 1L << 40), 24))
                .hasMessageContaining("too many");
        assertThat(tensor(List.of(), 4).data().remaining()).isEqualTo(4);
        assertThat(tensor(List.of(0L, 7L), 0).data().remaining()).isZero();
    }

    @Test
    void readersDoNotDisturbEachOther() {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f);
        var tensor = new Tensor("x", DType.FP32, List.of(1L), bytes.flip());
        assertThat(tensor.data().getFloat()).isEqualTo(1.5f);
        assertThat(tensor.data().getFloat()).isEqualTo(1.5f);
        assertThat(tensor.data().isReadOnly()).isTrue();
    }

    private static Tensor tensor(List<Long> shape, int bytes) {
        return new Tensor("x", DType.FP32, shape, ByteBuffer.allocate(bytes));
    }
}
