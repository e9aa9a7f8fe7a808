package dev.kiln.adapter.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTokenizerTest {
    private static final Path NATIVES = Path.of("target", "test-cache", "natives");

    @Test
    void specialTokensStandAroundTheText() throws IOException {
        try (var tokenizer = TextTokenizer.open(rules(), 128, NATIVES)) {
            assertThat(tokenizer.encode("hello world").ids()).containsExactly(101, 7592, 2088, 102);
            assertThat(tokenizer.encode("").ids()).containsExactly(101, 102);
        }
    }

    @Test
    void aTextIsCutOnlyWhenItIsLongerThanTheCut() throws IOException {
        try (var tokenizer = TextTokenizer.open(rules(), 5, NATIVES)) {
            Tokens fits = tokenizer.encode("clay clay clay");
            Tokens cut = tokenizer.encode("clay clay clay clay");

            assertThat(fits.truncated()).isFalse();
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.ids()).isEqualTo(fits.ids());
        }
    }

    /// Long texts take the short cut through their beginning; the library, asked for the whole, must agree.
    @Test
    void longTextsHaveTheTokensOfTheWholeText() throws IOException {
        var options =
                Map.of(
                        "padding",
                        "false",
                        "truncation",
                        "true",
                        "maxLength",
                        "20",
                        "modelMaxLength",
                        "20");
        var random = new Random(4);
        try (var tokenizer = TextTokenizer.open(rules(), 20, NATIVES);
                var library =
                        HuggingFaceTokenizer.newInstance(
                                new ByteArrayInputStream(rules()), options)) {
            for (int i = 0; i < 2000; i++) {
                String text = randomText(random, 150 + random.nextInt(1500));
                var whole = library.encode(text);

                assertThat(tokenizer.encode(text).ids()).as(text).isEqualTo(whole.getIds());
                assertThat(tokenizer.encode(text).truncated())
                        .as(text)
                        .isEqualTo(whole.exceedMaxLength());
            }
        }
    }

    /// Whatever a text is made of.
    @Test
    void noTextHasFewerTokensThanItsWordsTell() throws IOException {
        var random = new Random(9);
        try (var tokenizer = TextTokenizer.open(rules(), 20, NATIVES)) {
            for (int i = 0; i < 20_000; i++) {
                String text = randomText(random, random.nextInt(120));

                assertThat(tokenizer.fewest(text))
                        .as(text)
                        .isLessThanOrEqualTo(tokenizer.encode(text).count());
            }
            assertThat(tokenizer.fewest("one two, three\n4")).isEqualTo(4);
            assertThat(tokenizer.fewest("word ".repeat(1 << 18))).isEqualTo(20);
            assertThat(tokenizer.fewest("")).isEqualTo(1);
            assertThat(tokenizer.fewest("陶器 \u0301 \u0000")).isEqualTo(1);
        }
    }

    @Test
    void aMegabyteWithoutBlanksOrWithNothingElseIsReadToItsEnd() throws IOException {
        try (var tokenizer = TextTokenizer.open(rules(), 20, NATIVES)) {
            assertThat(tokenizer.encode("x".repeat(1 << 20)).ids()).containsExactly(101, 100, 102);
            assertThat(tokenizer.encode(" ".repeat(1 << 20)).ids()).containsExactly(101, 102);
            assertThat(tokenizer.encode(" ".repeat(1 << 20) + "clay").count()).isEqualTo(3);
        }
    }

    @Test
    void strangeTextsDoNotCrash() throws IOException {
        try (var tokenizer = TextTokenizer.open(rules(), 128, NATIVES)) {
            for (String text :
                    new String[] {
                        "\ud83d", "a\udc00b", "\u0000", "x\u0000y", "\uffff", "👩🏽‍🚀", "\u202e"
                    }) {
                assertThat(tokenizer.encode(text).count()).isGreaterThanOrEqualTo(2);
            }
        }
    }

    @Test
    void rulesThatAreNotATokenizerAreRefused() {
        byte[] nonsense = "{\"model\": 7}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> TextTokenizer.open(nonsense, 128, NATIVES))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("not a tokenizer.json: ");
    }

    @Test
    void aCutWithoutRoomForATokenIsRefused() {
        assertThatThrownBy(() -> TextTokenizer.open(rules(), 2, NATIVES))
                .hasMessage("maxTokens must be at least 3, was 2");
    }

    @Test
    void closingTwiceDoesNothingMore() throws IOException {
        var tokenizer = TextTokenizer.open(rules(), 128, NATIVES);
        tokenizer.close();
        tokenizer.close();
    }

    private static String randomText(Random random, int length) {
        String letters =
                "abcdefgh  \n\t\r.,!ÀÉÏßΣσςчж陶器窯\u0301\u0308\u00a0\u3000\u200b\u0000[SEP]##";
        var text = new StringBuilder();
        boolean plain = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            if (plain && random.nextInt(20) > 0) {
                text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
            } else {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
        }
        return text.toString();
    }

    private static byte[] rules() throws IOException {
        String name = "/all-minilm-l6-v2-tokenizer.json";
        try (InputStream in = TextTokenizerTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
