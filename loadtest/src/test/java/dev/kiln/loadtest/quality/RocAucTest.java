package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RocAucTest {
    @Test
    void perfectOrderGivesOneAndItsReverseZero() {
        var right = new RocAuc();
        right.add(0.9, true);
        right.add(0.8, true);
        right.add(0.2, false);
        var wrong = new RocAuc();
        wrong.add(0.1, true);
        wrong.add(0.2, false);

        assertThat(right.area()).hasValue(1.0);
        assertThat(wrong.area()).hasValue(0.0);
    }

    /// The worked example of scikit-learn's `roc_auc_score`: labels 0 0 1 1, scores 0.1 0.4 0.35 0.8.
    @Test
    void aKnownExampleGivesItsKnownArea() {
        var auc = new RocAuc();
        auc.add(0.1, false);
        auc.add(0.4, false);
        auc.add(0.35, true);
        auc.add(0.8, true);

        assertThat(auc.area()).hasValue(0.75);
    }

    @Test
    void tiesCountHalf() {
        var auc = new RocAuc();
        auc.add(0.5, true);
        auc.add(0.5, false);
        auc.add(0.9, true);
        auc.add(0.5, false);

        assertThat(auc.area()).hasValue((0.5 + 0.5 + 1 + 1) / 4);
    }

    @Test
    void oneClassAloneHasNoArea() {
        var auc = new RocAuc();
        auc.add(0.5, true);

        assertThat(auc.area()).isEmpty();
    }

    @Test
    void notANumberIsRefused() {
        assertThatThrownBy(() -> new RocAuc().add(Double.NaN, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agreesWithCountingEveryComparison() {
        var random = new SplittableRandom(7);
        double[] scores = random.doubles(300).map(x -> Math.rint(x * 20) / 20).toArray();
        boolean[] positive = new boolean[scores.length];
        var auc = new RocAuc();
        for (int i = 0; i < scores.length; i++) {
            positive[i] = random.nextInt(3) == 0;
            auc.add(scores[i], positive[i]);
        }

        assertThat(auc.area().orElseThrow()).isCloseTo(counted(scores, positive), within(1e-12));
    }

    private static double counted(double[] scores, boolean[] positive) {
        double wins = 0;
        int comparisons = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (positive[i] && !positive[j]) {
                    comparisons++;
                    wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        return wins / comparisons;
    }
}
