package dev.kiln.loadtest.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long questions are: a mix of sizes with weights.
///
/// @param words the mix as a user spells it
/// @param sizes what is drawn from
/// @param weights of each size, above 0
public record Lengths(String words, List<Size> sizes, List<Integer> weights) {
    /// How many different long texts there are of one length.
    static final int FILLERS = 32;

    private static final int MOST_SENTENCES = 200;
    private static final Pattern PART = Pattern.compile("([0-9]{1,3}):([0-9]{1,6})");

    /// Mostly one labelled pair, sometimes two or four: 60, 30 and 10 %.
    public static final Lengths PAIRS =
            new Lengths(
                    "pairs",
                    List.of(new Size(1, 0), new Size(2, 0), new Size(4, 0)),
                    List.of(6, 3, 1));

    /// One labelled pair, and beside it a text of no, four or ten sentences: 60, 30 and 10 %.
    public static final Lengths MIXED =
            new Lengths(
                    "mixed",
                    List.of(new Size(1, 0), new Size(1, 4), new Size(1, 10)),
                    List.of(6, 3, 1));

    public static final Lengths SHORT = new Lengths("short", List.of(new Size(1, 0)), List.of(1));

    public static final Lengths LONG = new Lengths("long", List.of(new Size(1, 10)), List.of(1));

    /// Every mix that has a name.
    public static final List<Lengths> NAMED = List.of(PAIRS, MIXED, SHORT, LONG);

    public Lengths {
        sizes = List.copyOf(sizes);
        weights = List.copyOf(weights);
    }

    /// One size.
    ///
    /// @param pairs labelled pairs, at least 1
    /// @param sentences of one more text; 0 for none
    public record Size(int pairs, int sentences) {}

    /// Reads a mix: its name, or `SENTENCES:WEIGHT` with commas between.
    ///
    /// @throws IllegalArgumentException if it is neither; the message says what would be
    public static Lengths parse(String words) {
        for (Lengths named : NAMED) {
            if (named.words.equals(words)) {
                return named;
            }
        }
        List<Size> sizes = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        for (String part : words.split(",", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()
                    || Integer.parseInt(matcher.group(1)) > MOST_SENTENCES
                    || Integer.parseInt(matcher.group(2)) == 0) {
                throw new IllegalArgumentException(
                        "'%s' is no mix of lengths: pairs, mixed, short, long, or SENTENCES:WEIGHT with commas, such as 0:60,4:30,10:10"
                                .formatted(words));
            }
            sizes.add(new Size(1, Integer.parseInt(matcher.group(1))));
            weights.add(Integer.valueOf(matcher.group(2)));
        }
        return new Lengths(words, sizes, weights);
    }

    Size draw(SplittableRandom random) {
        int at = random.nextInt(weights.stream().mapToInt(Integer::intValue).sum());
        int size = 0;
        while (at >= weights.get(size)) {
            at -= weights.get(size++);
        }
        return sizes.get(size);
    }
}
