package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Numbers in golden files, little-endian.
final class Numbers {
    private Numbers() {}

    static float[] floats(byte[] bytes) {
        float[] floats = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /// Sixteen-bit sound, from -1 to 1.
    static float[] sound(byte[] pcm) {
        var in = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        float[] samples = new float[in.remaining()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = in.get() / 32768f;
        }
        return samples;
    }

    /// The largest absolute difference.
    static double furthest(float[] one, float[] other) {
        assertThat(one).hasSameSizeAs(other);
        double furthest = 0;
        for (int i = 0; i < one.length; i++) {
            furthest = Math.max(furthest, Math.abs((double) one[i] - other[i]));
        }
        return furthest;
    }
}
