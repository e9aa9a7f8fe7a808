package dev.kiln.adapter.kind;

import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Makes one vector of unit length of the vectors of a text's tokens.
public final class TokenVectors {
    private TokenVectors() {}

    /// Pools each text of a batch.
    ///
    /// @param vectors float32 `[batch, longest, dimension]`
    /// @param longest padded tokens of each text
    public static List<float[]> pool(
            MemorySegment vectors, List<Tokens> batch, int longest, int dimension, Pooling pooling)
            throws ModelFault {
        List<float[]> pooled = new ArrayList<>(batch.size());
        float[] token = new float[dimension];
        for (int row = 0; row < batch.size(); row++) {
            float[] sum = new float[dimension];
            int count = counted(batch.get(row), pooling);
            for (int column = 0; column < count; column++) {
                long from = ((long) row * longest + column) * dimension * Float.BYTES;
                MemorySegment.copy(vectors, ValueLayout.JAVA_FLOAT, from, token, 0, token.length);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += token[i];
                }
            }
            pooled.add(unit(sum, row));
        }
        return pooled;
    }

    /// Scales vectors that are pooled already.
    ///
    /// @param vectors float32 `[items, dimension]`
    public static List<float[]> units(MemorySegment vectors, int items, int dimension)
            throws ModelFault {
        List<float[]> units = new ArrayList<>(items);
        for (int row = 0; row < items; row++) {
            float[] sum = new float[dimension];
            long from = (long) row * dimension * Float.BYTES;
            MemorySegment.copy(vectors, ValueLayout.JAVA_FLOAT, from, sum, 0, dimension);
            units.add(unit(sum, row));
        }
        return units;
    }

    /// Tokens whose vectors count.
    private static int counted(Tokens item, Pooling pooling) {
        return switch (pooling) {
            case MEAN -> item.count();
            case CLS -> 1;
        };
    }

    /// Scales to unit length, which makes the division by the number of tokens needless.
    private static float[] unit(float[] sum, int row) throws ModelFault {
        double squares = 0;
        for (float component : sum) {
            squares += (double) component * component;
        }
        double length = Math.sqrt(squares);
        if (!(length > 0) || Double.isInfinite(length)) {
            throw new ModelFault("the vector of item %d has length %s".formatted(row, length));
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (sum[i] / length);
        }
        return sum;
    }
}
