package dev.kiln.adapter.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/// Texts of many kinds and lengths, the same for the same seed. Each has a letter, a number or a mark.
final class VariedTexts {
    private static final List<List<String>> WORDS =
            List.of(
                    List.of(
                            "the", "kiln", "fires", "clay", "and", "a", "miner", "answers", "with",
                            "numbers", "of"),
                    List.of(
                            "UPPER",
                            "CamelCase",
                            "snake_case",
                            "don't",
                            "e-mail",
                            "x86_64",
                            "O'Neill",
                            "U.S.A."),
                    List.of(
                            "3.14159",
                            "1,000,000",
                            "-7",
                            "0x1F",
                            "2026-11-21",
                            "12:30",
                            "50%",
                            "€99",
                            "1e-9"),
                    List.of(
                            "naïve",
                            "Übergröße",
                            "façade",
                            "São",
                            "Łódź",
                            "ångström",
                            "e\u0301cole",
                            "İstanbul"),
                    List.of(
                            "печь",
                            "глина",
                            "Москва",
                            "ёж",
                            "κεραμικός",
                            "ΣΊΣΥΦΟΣ",
                            "גרנית",
                            "العربية"),
                    List.of("陶器", "窯", "我們把陶土燒成磚", "こんにちは", "가마", "ไทย", "हिन्दी"),
                    List.of(
                            "🔥", "👩🏽‍🚀", "✓", "→", "∑", "½", "™", "\u200b", "\u00a0", "\ufeff",
                            "\ufffd"),
                    List.of(
                            "!", "?!", "...", "—", "(", ")", "[SEP]", "[CLS]", "[MASK]", "[UNK]",
                            "##ing", "\"", "\\"),
                    List.of(
                            "https://example.org/a?b=c&d=%20",
                            "foo@bar.example", "{\"k\": [1, 2]}", "a+b=c;"),
                    List.of(
                            "pneumonoultramicroscopicsilicovolcanoconiosis",
                            "q".repeat(120),
                            "antidisestablishmentarianism"));
    private static final List<String> BLANKS =
            List.of(" ", " ", " ", " ", "  ", "\n", "\t", "", "\r\n");

    private static final Pattern VISIBLE = Pattern.compile("[\\p{L}\\p{N}\\p{P}]");

    private VariedTexts() {}

    /// Texts from one word to a hundred and fifty, about a quarter of them over 128 tokens.
    static List<String> generate(int count, long seed) {
        var random = new Random(seed);
        List<String> texts = new ArrayList<>(count);
        while (texts.size() < count) {
            int words = 1 + (int) Math.exp(random.nextDouble() * Math.log(150));
            String text = text(words, random);
            if (VISIBLE.matcher(text).find()) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static String text(int words, Random random) {
        boolean mixed = random.nextInt(3) == 0;
        List<String> kind = WORDS.get(random.nextInt(WORDS.size()));
        var text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            List<String> from = mixed ? WORDS.get(random.nextInt(WORDS.size())) : kind;
            text.append(from.get(random.nextInt(from.size())))
                    .append(BLANKS.get(random.nextInt(BLANKS.size())));
        }
        return text.toString();
    }
}
