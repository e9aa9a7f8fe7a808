package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZerosTest {
    private final List<Long> made = new ArrayList<>();

    private MemorySegment make(Arena arena, long bytes) {
        made.add(bytes);
        return arena.allocate(bytes);
    }

    @Test
    void batchesUpToTheKeptSizeShareOneBlock() throws Exception {
        long kept = (long) BatchMemory.KEPT_TOKENS * Long.BYTES;
        try (var zeros = new Zeros(this::make)) {
            MemorySegment small = zeros.of(8);
            MemorySegment large = zeros.of(kept);

            assertThat(small.byteSize()).isEqualTo(8);
            assertThat(large.byteSize()).isEqualTo(kept);
            assertThat(small.address()).isEqualTo(large.address());
            assertThat(large.toArray(ValueLayout.JAVA_LONG)).containsOnly(0);
            assertThat(made).containsExactly(kept);
        }
    }

    @Test
    void aLargerBatchGrowsThemAndLeavesThoseInUse() throws Exception {
        long kept = (long) BatchMemory.KEPT_TOKENS * Long.BYTES;
        try (var zeros = new Zeros(this::make)) {
            MemorySegment small = zeros.of(8);

            assertThat(zeros.of(5 * kept).byteSize()).isEqualTo(5 * kept);
            assertThat(zeros.of(5 * kept + 8).byteSize()).isEqualTo(5 * kept + 8);

            assertThat(small.get(ValueLayout.JAVA_LONG, 0)).isZero();
            assertThat(made).containsExactly(kept, 5 * kept, 10 * kept);
        }
    }
}
