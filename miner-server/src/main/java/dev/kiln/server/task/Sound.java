package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refused;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/// Samples of one channel. Several channels become one by their mean.
///
/// @param rate samples a second
/// @param samples from -1 to 1; floating-point ones beyond are clipped
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Sound(int rate, float[] samples) {
    static final int MOST_CHANNELS = 32;
    static final int HIGHEST_RATE = 768_000;

    /// How one sample is spelled.
    enum Coding {
        UNSIGNED_8(1),
        SIGNED_16(2),
        SIGNED_24(3),
        SIGNED_32(4),
        FLOAT_32(4),
        FLOAT_64(8);

        private final int bytes;

        Coding(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }

        private double read(ByteBuffer data) {
            return switch (this) {
                case UNSIGNED_8 -> ((data.get() & 0xFF) - 128) / 128.0;
                case SIGNED_16 -> data.getShort() / 32_768.0;
                case SIGNED_24 -> {
                    boolean little = data.order() == ByteOrder.LITTLE_ENDIAN;
                    int first = data.get();
                    int middle = data.get() & 0xFF;
                    int last = data.get();
                    int high = little ? last : first;
                    int low = (little ? first : last) & 0xFF;
                    yield (high << 16 | middle << 8 | low) / 8_388_608.0;
                }
                case SIGNED_32 -> data.getInt() / 2_147_483_648.0;
                case FLOAT_32 -> Math.clamp((double) data.getFloat(), -1, 1);
                case FLOAT_64 -> Math.clamp(data.getDouble(), -1, 1);
            };
        }
    }

    /// Reads interleaved samples from a buffer's position to its limit, in its byte order.
    ///
    /// @param channels from 1 to [#MOST_CHANNELS]
    static Sound of(ByteBuffer data, Coding coding, int channels, int rate) throws Refused {
        int together = coding.bytes() * channels;
        if (data.remaining() == 0) {
            throw bad("there is no sample in it");
        }
        if (data.remaining() % together != 0) {
            throw bad(
                    "%d bytes are no whole number of samples of %d bytes"
                            .formatted(data.remaining(), together));
        }
        if (coding == Coding.SIGNED_16 && channels == 1) {
            return new Sound(rate, shorts(data));
        }
        float[] samples = new float[data.remaining() / together];
        for (int i = 0; i < samples.length; i++) {
            double sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += coding.read(data);
            }
            if (Double.isNaN(sum)) {
                throw bad("sample %d is no number".formatted(i));
            }
            samples[i] = (float) (sum / channels);
        }
        return new Sound(rate, samples);
    }

    /// What nearly all sound is, piece by piece in plain loops that the compiler makes wide.
    private static float[] shorts(ByteBuffer data) {
        ShortBuffer from = data.asShortBuffer();
        float[] samples = new float[from.remaining()];
        short[] piece = new short[1024];
        for (int start = 0; start < samples.length; start += piece.length) {
            int length = Math.min(piece.length, samples.length - start);
            from.get(piece, 0, length);
            for (int i = 0; i < length; i++) {
                samples[start + i] = piece[i] * (1 / 32_768f);
            }
        }
        return samples;
    }
}
