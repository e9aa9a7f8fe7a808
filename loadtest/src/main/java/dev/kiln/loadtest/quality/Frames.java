package dev.kiln.loadtest.quality;

import java.util.BitSet;
import java.util.List;

/// Which frames of a clip hold speech. Frames about the edges of a segment are judged by nobody: where a word begins is
/// a matter of taste to within a few frames.
public final class Frames {
    private final int count;
    private final BitSet speech = new BitSet();
    private final BitSet edges = new BitSet();

    /// A stretch of speech in samples.
    ///
    /// @param to not included
    public record Segment(long from, long to) {
        public Segment {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException(
                        "a segment goes forward from 0, was %d to %d".formatted(from, to));
            }
        }
    }

    private Frames(int count) {
        this.count = count;
    }

    /// The frames of one clip.
    ///
    /// @param count of them
    /// @param frame samples of one
    /// @param collar frames on either side of an edge that are not judged
    public static Frames of(List<Segment> segments, int count, int frame, int collar) {
        var frames = new Frames(count);
        for (Segment segment : segments) {
            int from = Math.clamp(Math.round((double) segment.from() / frame), 0, count);
            int to = Math.clamp(Math.round((double) segment.to() / frame), from, count);
            frames.speech.set(from, to);
            for (int edge : new int[] {from, to}) {
                frames.edges.set(Math.max(0, edge - collar), Math.min(count, edge + collar));
            }
        }
        return frames;
    }

    public int count() {
        return count;
    }

    boolean judged(int frame) {
        return !edges.get(frame);
    }

    boolean speech(int frame) {
        return speech.get(frame);
    }
}
