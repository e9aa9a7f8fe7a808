package dev.kiln.loadtest.quality;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Clips in which it is known who speaks when, because they were made here: a glottal buzz through moving formants, in
/// breaths with silence between, over hiss. The same seed makes the same clips.
///
/// **Threads:** confined to one.
public final class LabelledSounds {
    /// Samples a second.
    public static final int RATE = 16_000;

    /// Samples of one frame.
    public static final int FRAME = 512;

    /// Frames on either side of an edge that nobody judges: breaths begin and end softly.
    private static final int COLLAR = 4;

    private static final double HISS = 0.004;

    /// First three formants of five vowels, in hertz.
    private static final double[][] VOWELS = {
        {730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}
    };

    private static final double[] WIDTHS = {80, 100, 140};

    /// Seconds of one.
    private static final double SYLLABLE = 0.16;

    /// Samples over which loudness is evened out.
    private static final int LEVEL = 800;

    private final SplittableRandom random;

    /// One clip.
    ///
    /// @param wav the file: one channel, 16 bits, 16 kHz
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Labelled(byte[] wav, Frames truth) {}

    public LabelledSounds(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// The next clip.
    ///
    /// @param seconds length, at least 1
    public Labelled next(double seconds) {
        int count = (int) (seconds * RATE);
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            samples[i] = HISS * random.nextGaussian();
        }
        List<Frames.Segment> speech = new ArrayList<>();
        int at = (int) (random.nextDouble(0.25, 0.45) * RATE);
        while (at < count) {
            double[] breath = buzz(random.nextDouble(0.5, 1.0));
            double loud = random.nextDouble(0.25, 0.5);
            int end = Math.min(count, at + breath.length);
            for (int i = at; i < end; i++) {
                samples[i] += loud * breath[i - at];
            }
            speech.add(new Frames.Segment(at, end));
            at = end + (int) (random.nextDouble(0.5, 0.9) * RATE);
        }
        int frames = (count + FRAME - 1) / FRAME;
        return new Labelled(wav(samples), Frames.of(speech, frames, FRAME, COLLAR));
    }

    /// One breath: vowels that glide into each other, a syllable each, of even loudness.
    private double[] buzz(double seconds) {
        int count = (int) (seconds * RATE);
        double[] sound = source(count);
        int syllables = Math.max(3, (int) (seconds / SYLLABLE));
        int[] vowels = random.ints(syllables + 1, 0, VOWELS.length).toArray();
        for (int formant = 0; formant < WIDTHS.length; formant++) {
            resonate(sound, vowels, formant);
        }
        level(sound);
        for (int i = 0; i < count; i++) {
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / Math.max(1, count - 1));
            double at = (double) syllables * i / count;
            double syllable = 1 - 0.6 * (0.5 + 0.5 * Math.cos(2 * Math.PI * at));
            sound[i] *= syllable * Math.pow(hann, 0.2);
        }
        return sound;
    }

    /// What the vocal cords do.
    private double[] source(int count) {
        double[] source = new double[count];
        double pitch = random.nextDouble(95, 190);
        double wave = random.nextDouble(3, 9);
        double phase = 0;
        double before = 0;
        for (int i = 0; i < count; i++) {
            phase += pitch * (1 + 0.12 * Math.sin(wave * i / count)) / RATE;
            double pulse = Math.pow(Math.max(0, Math.sin(2 * Math.PI * phase)), 4);
            double noisy = pulse + 0.03 * random.nextGaussian();
            source[i] = noisy - before;
            before = noisy;
        }
        return source;
    }

    /// A resonance of one formant that moves from vowel to vowel, in place.
    private static void resonate(double[] signal, int[] vowels, int formant) {
        int syllables = vowels.length - 1;
        double r = Math.exp(-Math.PI * WIDTHS[formant] / RATE);
        double b = -r * r;
        double one = 0;
        double two = 0;
        for (int i = 0; i < signal.length; i++) {
            double at = (double) syllables * i / signal.length;
            int syllable = (int) at;
            double glide = Math.clamp((at - syllable - 0.6) / 0.4, 0, 1);
            double from = VOWELS[vowels[syllable]][formant];
            double to = VOWELS[vowels[syllable + 1]][formant];
            double a = 2 * r * Math.cos(2 * Math.PI * (from + glide * (to - from)) / RATE);
            double now = (1 - a - b) * signal[i] + a * one + b * two;
            two = one;
            one = now;
            signal[i] = now;
        }
    }

    /// As loud in one place as in another, 1 at most; in place.
    private static void level(double[] signal) {
        double[] sums = new double[signal.length + 1];
        for (int i = 0; i < signal.length; i++) {
            sums[i + 1] = sums[i] + signal[i] * signal[i];
        }
        double loudest = 0;
        for (int i = 0; i < signal.length; i++) {
            int from = Math.max(0, i - LEVEL / 2);
            int to = Math.min(signal.length, i + LEVEL / 2);
            signal[i] /= Math.sqrt((sums[to] - sums[from]) / LEVEL) + 1e-9;
            loudest = Math.max(loudest, Math.abs(signal[i]));
        }
        for (int i = 0; i < signal.length; i++) {
            signal[i] /= loudest;
        }
    }

    private static byte[] wav(double[] samples) {
        int bytes = 2 * samples.length;
        ByteBuffer file = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(36 + bytes).put(ascii("WAVEfmt ")).putInt(16);
        file.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE);
        file.putShort((short) 2).putShort((short) 16).put(ascii("data")).putInt(bytes);
        for (double sample : samples) {
            file.putShort((short) Math.clamp(Math.round(sample * 32_767), -32_768, 32_767));
        }
        return file.array();
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
