package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.loadtest.quality.Pairs;
import org.junit.jupiter.api.Test;

class LengthMixTest {
    @Test
    void theSeedDecidesTheTexts() {
        var pairs = Pairs.load();

        assertThat(LengthMix.texts(3, 50, pairs)).isEqualTo(LengthMix.texts(3, 50, pairs));
        assertThat(LengthMix.texts(3, 50, pairs)).isNotEqualTo(LengthMix.texts(4, 50, pairs));
    }

    @Test
    void textsAreSingleLinesOfDifferentLengths() {
        var texts = LengthMix.texts(1, 500, Pairs.load());

        assertThat(texts).hasSize(500).noneMatch(text -> text.contains("\n"));
        assertThat(texts.stream().mapToInt(String::length).min().orElseThrow()).isLessThan(40);
        assertThat(texts.stream().mapToInt(String::length).max().orElseThrow()).isGreaterThan(350);
    }
}
