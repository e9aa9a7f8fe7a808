package dev.kiln.server.task;

import java.util.ArrayList;
import java.util.List;

/// Where somebody speaks, from the probability of each frame, by the rules of Silero's own `get_speech_timestamps` and,
/// for streams, `VADIterator`. Places are counted in samples.
///
/// @param threshold speech begins at this probability, and ends under it by [#SLACK]
/// @param minSpeech shorter speech is left out
/// @param minSilence shorter silence ends no speech
/// @param pad added before and behind
record Speech(double threshold, double minSpeech, double minSilence, double pad) {
    private static final double SLACK = 0.15;
    private static final double LEAST = 0.01;

    /// From one place to another.
    record Segment(long start, long end) {}

    /// A beginning or an end.
    record Event(boolean starts, long at) {}

    /// What is known of a stream behind its last frame.
    ///
    /// @param silentFrom where a silence began that has not ended the speech yet; 0 for none
    record Mood(boolean speaking, long silentFrom) {
        static final Mood SILENT = new Mood(false, 0);
    }

    /// The speech in a whole clip.
    ///
    /// @param frame samples of one frame
    /// @param length samples of the clip
    List<Segment> segments(float[] probabilities, int frame, long length) {
        List<Segment> found = new ArrayList<>();
        double ends = Math.max(threshold - SLACK, LEAST);
        boolean speaking = false;
        long start = 0;
        long silentFrom = 0;
        for (int i = 0; i < probabilities.length; i++) {
            long here = (long) frame * i;
            double probability = probabilities[i];
            if (probability >= threshold) {
                silentFrom = 0;
                start = speaking ? start : here;
                speaking = true;
            } else if (probability < ends && speaking) {
                silentFrom = silentFrom == 0 ? here : silentFrom;
                if (here - silentFrom >= minSilence) {
                    if (silentFrom - start > minSpeech) {
                        found.add(new Segment(start, silentFrom));
                    }
                    speaking = false;
                    silentFrom = 0;
                }
            }
        }
        if (speaking && length - start > minSpeech) {
            found.add(new Segment(start, length));
        }
        return padded(found, length);
    }

    /// Adds the pad; where two would meet, each gets half of the silence between.
    private List<Segment> padded(List<Segment> bare, long length) {
        List<Segment> all = new ArrayList<>();
        for (int i = 0; i < bare.size(); i++) {
            long before = i == 0 ? (long) pad : shared(bare.get(i).start - bare.get(i - 1).end);
            long behind =
                    i == bare.size() - 1
                            ? (long) pad
                            : shared(bare.get(i + 1).start - bare.get(i).end);
            all.add(
                    new Segment(
                            Math.max(0, bare.get(i).start - before),
                            Math.min(length, bare.get(i).end + behind)));
        }
        return all;
    }

    private long shared(long silence) {
        return silence < 2 * pad ? silence / 2 : (long) pad;
    }

    /// What begins and ends in one piece of a stream.
    ///
    /// @param before how the piece before ended
    /// @param from where this piece begins
    /// @param events filled with what happens
    /// @return how this piece ends
    Mood hear(Mood before, float[] probabilities, int frame, long from, List<Event> events) {
        Mood mood = before;
        for (int i = 0; i < probabilities.length; i++) {
            long here = from + (long) frame * i;
            double probability = probabilities[i];
            if (probability >= threshold) {
                if (!mood.speaking) {
                    events.add(new Event(true, Math.max(0, here - (long) pad)));
                }
                mood = new Mood(true, 0);
            } else if (probability < threshold - SLACK && mood.speaking) {
                long silentFrom = mood.silentFrom == 0 ? here : mood.silentFrom;
                mood = new Mood(true, silentFrom);
                if (here - silentFrom >= minSilence) {
                    events.add(new Event(false, silentFrom + (long) pad));
                    mood = Mood.SILENT;
                }
            }
        }
        return mood;
    }
}
