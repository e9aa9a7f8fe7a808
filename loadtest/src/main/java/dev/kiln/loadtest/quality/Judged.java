package dev.kiln.loadtest.quality;

/// One answer beside its truth, as a task's [Scorer] takes it.
@SuppressWarnings("ArrayRecordComponent") // carriers, never compared
public sealed interface Judged {
    /// Share of a clip's frames that must be right for its answer to be.
    double FRAMES_BAR = 0.8;

    /// Whether this one answer is right, whatever the others are worth.
    boolean right();

    /// Two texts' vectors.
    ///
    /// @param cosine between them
    /// @param paraphrase whether the texts say the same
    record Likeness(double cosine, boolean paraphrase) implements Judged {
        /// Where likeness begins is known for all pairs together only.
        @Override
        public boolean right() {
            return true;
        }
    }

    /// One vector beside the one that the unserved model gives for the same text.
    ///
    /// @param bar least cosine between them
    record Reference(float[] vector, float[] reference, double bar) implements Judged {
        @Override
        public boolean right() {
            return cosine() >= bar;
        }

        /// -1 for another length, and for what is no number.
        double cosine() {
            double cosine =
                    vector.length == reference.length ? Cosine.between(vector, reference) : -1;
            return Double.isNaN(cosine) ? -1 : cosine;
        }
    }

    /// A probability for each label.
    ///
    /// @param label the index of the true one
    record Classified(float[] probabilities, int label) implements Judged {
        /// The true label has the greatest probability of all.
        @Override
        public boolean right() {
            return label >= 0 && label < probabilities.length && chosen() == label;
        }

        /// The label of the greatest probability; of equals the first.
        int chosen() {
            int chosen = 0;
            for (int i = 0; i < probabilities.length; i++) {
                chosen = probabilities[i] > probabilities[chosen] ? i : chosen;
            }
            return chosen;
        }
    }

    /// A probability of speech for each frame.
    record Heard(float[] probabilities, Frames truth) implements Judged {
        @Override
        public boolean right() {
            int judged = 0;
            int right = 0;
            for (int i = 0; i < truth.count(); i++) {
                if (truth.judged(i)) {
                    judged++;
                    double heard = i < probabilities.length ? probabilities[i] : Double.NaN;
                    right += !Double.isNaN(heard) && heard >= 0.5 == truth.speech(i) ? 1 : 0;
                }
            }
            return right >= FRAMES_BAR * judged;
        }
    }

    /// The numbers of one tensor beside the golden ones.
    record Compared(float[] values, float[] golden) implements Judged {
        @Override
        public boolean right() {
            return TensorScorer.Tolerance.FLOAT32.excess(values, golden) <= 1;
        }
    }
}
