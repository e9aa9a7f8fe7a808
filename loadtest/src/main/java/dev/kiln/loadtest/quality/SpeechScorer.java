package dev.kiln.loadtest.quality;

import java.util.List;
import java.util.OptionalDouble;

/// Speech frame by frame: the area under the ROC curve says whether speech gets higher probabilities than the rest, F1
/// at one half whether the probabilities can be used as they are.
///
/// **Threads:** confined to one.
public final class SpeechScorer implements Scorer {
    /// Least area on clean clips.
    public static final double AREA_BAR = 0.95;

    /// Least F1 on clean clips.
    public static final double F1_BAR = 0.85;

    private static final int STEPS = 10_000;

    private final BinnedArea area = new BinnedArea(0, 1, STEPS);
    private long hits;
    private long falseAlarms;
    private long misses;

    @Override
    public void add(Judged judged) {
        if (!(judged instanceof Judged.Heard(float[] probabilities, Frames truth))) {
            throw Scorer.foreign(judged);
        }
        for (int i = 0; i < truth.count(); i++) {
            if (truth.judged(i)) {
                // A frame that was not answered is as wrong as it can be.
                take(i < probabilities.length ? probabilities[i] : Double.NaN, truth.speech(i));
            }
        }
    }

    private void take(double probability, boolean speech) {
        area.add(probability, speech);
        boolean said = Double.isNaN(probability) ? !speech : probability >= 0.5;
        hits += said && speech ? 1 : 0;
        falseAlarms += said && !speech ? 1 : 0;
        misses += !said && speech ? 1 : 0;
    }

    @Override
    public Score score() {
        long all = 2 * hits + falseAlarms + misses;
        return new Score(
                List.of(
                        Score.Measure.least("ROC AUC of frames", area.area(), AREA_BAR),
                        Score.Measure.least(
                                "F1 of frames",
                                all == 0
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of(2.0 * hits / all),
                                F1_BAR)),
                area.size());
    }
}
