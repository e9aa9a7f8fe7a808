package dev.kiln.loadtest.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PairsTest {
    private static final List<Pair> PAIRS = Pairs.load();

    @Test
    void theSetIsLargeBalancedAndSpreadOverTopics() {
        var byTopic = PAIRS.stream().collect(Collectors.groupingBy(Pair::topic));

        assertThat(PAIRS).hasSizeGreaterThanOrEqualTo(240);
        assertThat(PAIRS.stream().filter(Pair::paraphrase).count()).isEqualTo(PAIRS.size() / 2);
        assertThat(byTopic).hasSizeGreaterThanOrEqualTo(8);
        assertThat(byTopic.values())
                .allSatisfy(pairs -> assertThat(pairs).hasSizeGreaterThanOrEqualTo(20));
    }

    @Test
    void noPairComesTwice() {
        assertThat(new HashSet<>(PAIRS)).hasSameSizeAs(PAIRS);
    }

    @Test
    void hashedWordsMissTheBarEvenWhenTurnedAround() {
        double area = area(PairsTest::hashedWords);

        assertThat(area).isBetween(1 - RocAuc.BAR + 0.05, RocAuc.BAR - 0.05);
    }

    @Test
    void hashedLetterTriplesMissTheBarEvenWhenTurnedAround() {
        double area = area(PairsTest::hashedTriples);

        assertThat(area).isBetween(1 - RocAuc.BAR + 0.05, RocAuc.BAR - 0.05);
    }

    @Test
    void aConstantVectorMissesTheBar() {
        assertThat(area(_ -> new float[] {1, 0, 0})).isEqualTo(0.5);
    }

    private static double area(Function<String, float[]> model) {
        var auc = new RocAuc();
        for (Pair pair : PAIRS) {
            auc.add(
                    Cosine.between(model.apply(pair.first()), model.apply(pair.second())),
                    pair.paraphrase());
        }
        return auc.area().orElseThrow();
    }

    private static float[] hashedWords(String text) {
        var vector = new float[384];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z]+", 0)) {
            vector[Math.floorMod(word.hashCode() * 0x9E3779B9, vector.length)]++;
        }
        return vector;
    }

    private static float[] hashedTriples(String text) {
        var vector = new float[384];
        String padded = " " + text.toLowerCase(Locale.ROOT) + " ";
        for (int i = 0; i + 3 <= padded.length(); i++) {
            vector[
                    Math.floorMod(
                            padded.substring(i, i + 3).hashCode() * 0x9E3779B9, vector.length)]++;
        }
        return vector;
    }
}
