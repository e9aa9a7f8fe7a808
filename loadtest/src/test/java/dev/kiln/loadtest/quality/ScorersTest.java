package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScorersTest {
    private static final int LABELS = 8;

    private static double value(Scorer scorer, String name) {
        return scorer.score().measures().stream()
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value()
                .orElseThrow();
    }

    private static float[] sure(int label, double probability) {
        float[] probabilities = new float[LABELS];
        Arrays.fill(probabilities, (float) ((1 - probability) / (LABELS - 1)));
        probabilities[label] = (float) probability;
        return probabilities;
    }

    /// An answer of each task: right ones from an honest server, others from one that only is fast.
    private static Judged answer(Subject subject, SplittableRandom random, boolean honest) {
        return switch (subject) {
            case EMBEDDING -> {
                boolean paraphrase = random.nextBoolean();
                double likely = paraphrase ? 0.8 : 0.2;
                yield new Judged.Likeness(
                        honest ? likely + 0.1 * random.nextGaussian() : 1, paraphrase);
            }
            case IMAGE_CLASSIFICATION, FILE_TYPE -> {
                int label = random.nextInt(LABELS);
                yield new Judged.Classified(sure(honest ? label : 3, 0.97), label);
            }
            case VOICE_ACTIVITY -> {
                var truth = Frames.of(List.of(new Frames.Segment(512 * 20, 512 * 60)), 100, 512, 2);
                float[] frames = new float[100];
                for (int i = 0; i < frames.length; i++) {
                    boolean speech = i >= 20 && i < 60;
                    frames[i] = honest ? (speech ? 0.9f : 0.1f) : 0.5f;
                }
                yield new Judged.Heard(frames, truth);
            }
            case TENSORS -> {
                float[] golden = {random.nextFloat(), -3e4f, 0};
                float[] values = golden.clone();
                values[0] += honest ? 1e-6f : 0.01f;
                yield new Judged.Compared(values, golden);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void anHonestServerPassesAndAFastWrongOneFails(Subject subject) {
        for (boolean honest : List.of(true, false)) {
            var random = new SplittableRandom(7);
            Scorer scorer = subject.scorer(LABELS);
            IntStream.range(0, 1000).forEach(_ -> scorer.add(answer(subject, random, honest)));

            assertThat(scorer.score().passes())
                    .as("%s, honest: %s", subject, honest)
                    .isEqualTo(honest);
            assertThat(scorer.score().reasons().isEmpty()).isEqualTo(honest);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskIsFoundByItsNameAndNothingScoredPassesNothing(Subject subject) {
        assertThat(Subject.of(subject.task())).contains(subject);
        assertThat(subject.scorer(LABELS).score().passes()).isFalse();
        assertThat(subject.scorer(LABELS).score().reasons()).first().asString().contains("too few");
    }

    @Test
    void anotherTasksAnswerIsABugOfTheHarness() {
        Scorer scorer = Subject.TENSORS.scorer(0);

        assertThatThrownBy(() -> scorer.add(new Judged.Likeness(1, true)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Subject.of("telepathy")).isEmpty();
    }

    /// Gorodkin's worked example reduces to Matthews' for two labels: 6 and 3 right, 1 and 2 wrong give 0.478.
    @Test
    void correlationIsMatthewsForTwoLabels() {
        var scorer = new ClassScorer(2, ClassScorer.Bars.IMAGES);
        int[][] cases = {{1, 1, 6}, {0, 0, 3}, {0, 1, 1}, {1, 0, 2}};
        for (int[] each : cases) {
            for (int i = 0; i < each[2]; i++) {
                float[] probabilities = each[1] == 1 ? new float[] {0, 1} : new float[] {1, 0};
                scorer.add(new Judged.Classified(probabilities, each[0]));
            }
        }

        assertThat(value(scorer, "MCC")).isCloseTo(0.4781, within(1e-4));
        assertThat(value(scorer, "accuracy")).isCloseTo(0.75, within(1e-9));
        assertThat(value(scorer, "Brier score")).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void aConstantAnswerIsWorthNothingHoweverCommonItsLabelIs() {
        var scorer = new ClassScorer(LABELS, ClassScorer.Bars.IMAGES);
        for (int i = 0; i < 1000; i++) {
            scorer.add(new Judged.Classified(sure(0, 0.95), i % 20 == 0 ? 1 : 0));
        }

        assertThat(value(scorer, "accuracy")).isCloseTo(0.95, within(1e-9));
        assertThat(value(scorer, "MCC")).isZero();
    }

    @Test
    void boastingCostsInBrierScoreAndCalibration() {
        var honest = new ClassScorer(LABELS, ClassScorer.Bars.IMAGES);
        var boastful = new ClassScorer(LABELS, ClassScorer.Bars.IMAGES);
        for (int i = 0; i < 1000; i++) {
            int said = i % 10 < 7 ? 2 : 5;
            honest.add(new Judged.Classified(sure(said, 0.7), 2));
            boastful.add(new Judged.Classified(sure(said, 1), 2));
        }

        assertThat(value(honest, "expected calibration error")).isCloseTo(0, within(1e-6));
        assertThat(value(boastful, "expected calibration error")).isCloseTo(0.3, within(1e-6));
        assertThat(value(honest, "Brier score")).isLessThan(value(boastful, "Brier score"));
        assertThat(honest.reliability())
                .singleElement()
                .satisfies(bin ->
                        assertThat(bin.accuracy()).isCloseTo(bin.confidence(), within(1e-6)));
    }

    @Test
    void whatIsNoDistributionIsWrongWithFullConfidence() {
        for (float[] answer :
                List.of(
                        new float[LABELS],
                        new float[] {1},
                        sure(0, Float.NaN),
                        new float[] {2, -1, 0, 0, 0, 0, 0, 0})) {
            var scorer = new ClassScorer(LABELS, ClassScorer.Bars.FILES);
            scorer.add(new Judged.Classified(answer, 0));

            assertThat(value(scorer, "accuracy")).isZero();
            assertThat(value(scorer, "Brier score")).isEqualTo(2);
        }
    }

    @Test
    void oneBadNumberMakesATensorWrong() {
        float[] golden = {1, 1e6f, 0, Float.POSITIVE_INFINITY};
        for (float[] values :
                List.of(
                        new float[] {1, 1e6f, 0.1f, Float.POSITIVE_INFINITY},
                        new float[] {1, 1e6f, 0, 1},
                        new float[] {1},
                        new float[] {Float.NaN, 1e6f, 0, Float.POSITIVE_INFINITY})) {
            Scorer scorer = Subject.TENSORS.scorer(0);
            scorer.add(new Judged.Compared(values, golden));
            assertThat(scorer.score().passes()).isFalse();
        }
        Scorer scorer = Subject.TENSORS.scorer(0);
        scorer.add(
                new Judged.Compared(
                        new float[] {1, 1e6f + 500, 5e-5f, Float.POSITIVE_INFINITY}, golden));
        assertThat(scorer.score().passes()).isTrue();
    }

    @Test
    void framesAboutAnEdgeAreNotJudgedAndMissingOnesAreWrong() {
        var truth = Frames.of(List.of(new Frames.Segment(5120, 10240)), 40, 512, 1);
        float[] answers = new float[40];
        Arrays.fill(answers, 10, 20, 1f);
        answers[9] = 1;
        answers[20] = 1;
        var right = new SpeechScorer();
        right.add(new Judged.Heard(answers, truth));
        var cut = new SpeechScorer();
        cut.add(new Judged.Heard(Arrays.copyOf(answers, 12), truth));

        assertThat(value(right, "F1 of frames")).isEqualTo(1);
        assertThat(value(right, "ROC AUC of frames")).isEqualTo(1);
        assertThat(cut.score().passes()).isFalse();
    }

    @Test
    void anotherModelsVectorsFailTheReferenceThoughTheirPairsAreGood() {
        var scorer = new EmbeddingScorer();
        for (int i = 0; i < 100; i++) {
            scorer.add(new Judged.Likeness(i % 2 == 0 ? 0.9 : 0.1, i % 2 == 0));
            scorer.add(new Judged.Reference(new float[] {1, 0}, new float[] {0.9f, 0.436f}, 0.999));
        }

        assertThat(scorer.score().headline().holds()).isTrue();
        assertThat(scorer.score().passes()).isFalse();
        assertThat(scorer.score().reasons())
                .singleElement()
                .asString()
                .contains("least cosine to the reference 0.9", "under the bar");
    }

    @Test
    void aModelOfInt8IsHeldToTheBarItIsGiven() {
        var scorer = new EmbeddingScorer();
        for (int i = 0; i < 100; i++) {
            scorer.add(new Judged.Likeness(i % 2 == 0 ? 0.9 : 0.1, i % 2 == 0));
            scorer.add(new Judged.Reference(new float[] {1, 0}, new float[] {0.97f, 0.243f}, 0.95));
        }

        assertThat(scorer.score().passes()).isTrue();
        assertThat(new Judged.Reference(new float[] {1, 0}, new float[] {0, 1}, 0.95).right())
                .isFalse();
    }

    @Test
    void theBinnedAreaIsTheExactOne() {
        var random = new SplittableRandom(3);
        var exact = new RocAuc();
        var binned = new BinnedArea(-1, 1, 20_000);
        for (int i = 0; i < 5_000; i++) {
            boolean positive = random.nextInt(3) == 0;
            double score = Math.clamp(0.3 * random.nextGaussian() + (positive ? 0.3 : 0), -1, 1);
            exact.add(score, positive);
            binned.add(score, positive);
        }

        assertThat(binned.area().orElseThrow()).isCloseTo(exact.area().orElseThrow(), within(1e-4));
        assertThat(binned.size()).isEqualTo(exact.size());
    }
}
