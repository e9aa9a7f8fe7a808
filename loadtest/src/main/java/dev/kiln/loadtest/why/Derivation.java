package dev.kiln.loadtest.why;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A score as a product of factors that telescope: each is the share of what the last one left, so that together they
/// are exactly what the miner earned of what it could have earned.
///
/// @param score what a validator that pays by these rules would pay of the most it could, from 0 to 1
/// @param factors in the order in which a question meets them
/// @param gates what must hold before any score counts, in that order
/// @param raises what would raise the score, most first
public record Derivation(
        double score,
        List<Factor> factors,
        List<Gate> gates,
        List<Raise> raises,
        List<Contribution> contributions,
        double halfOfStake) {
    /// Shorter than this is noise between two runs.
    private static final double WORTH_NAMING = 0.0005;

    public Derivation {
        factors = List.copyOf(factors);
        gates = List.copyOf(gates);
        raises = List.copyOf(raises);
        contributions = List.copyOf(contributions);
    }

    /// One factor.
    ///
    /// @param numbers what it is made of
    /// @param running the product up to here
    public record Factor(String name, double value, double running, String numbers) {}

    /// One thing that must hold.
    public record Gate(String name, boolean holds, String words) {}

    /// One change and what the score would be with it, all else as it was.
    public record Raise(String what, double score, double gain, String basis) {}

    /// What one validator adds.
    ///
    /// @param weight its stake times its questions, of all, from 0 to 1
    public record Contribution(String label, double stake, double weight, double share) {}

    /// Takes a run apart.
    public static Derivation of(Evidence evidence) {
        List<Factor> factors = factors(evidence);
        List<Gate> gates = gates(evidence);
        // Below its bar quality is worth nothing; whoever pays for the rest pays for noise.
        boolean worthless = !qualityHolds(evidence);
        double score = worthless ? 0 : evidence.pay().share();
        return new Derivation(
                score,
                factors,
                gates,
                raises(evidence, factors, score),
                contributions(evidence),
                halfOfStake(evidence.voices()));
    }

    private static List<Factor> factors(Evidence evidence) {
        Evidence.Counts counts = evidence.counts();
        var chain = new Chain(counts.offered());
        chain.loses("reached", counts.lost(), "%,d lost");
        chain.loses("admitted", counts.refused(), "%,d refused" + top(evidence));
        chain.loses("proved", counts.unproved(), "%,d answers without a proof");
        chain.loses("right", counts.wrong(), "%,d answers of wrong content");
        chain.loses("in time", counts.late(), late(evidence));
        double plain = plainShare(evidence.voices());
        double goodShare = chain.running;
        chain.times(
                "latency",
                goodShare == 0 ? 0 : plain / goodShare,
                "mean score of answers in time under: " + evidence.pay().curve());
        chain.times(
                "stake",
                plain == 0 ? 0 : evidence.pay().share() / plain,
                "over 1 where the large are served better than the small");
        chain.times("quality", qualityHolds(evidence) ? 1 : 0, quality(evidence));
        return chain.factors;
    }

    private static String late(Evidence evidence) {
        return "%%,d after the deadline of %,.0f ms (p99 %,.0f ms)"
                .formatted(evidence.latency().deadlineMillis(), evidence.latency().p99Millis());
    }

    /// The commonest cause, in brackets.
    private static String top(Evidence evidence) {
        return evidence.causes().entrySet().stream()
                .filter(each -> each.getKey().contains("_"))
                .max(Map.Entry.comparingByValue())
                .map(each -> ", most by " + each.getKey().replace("%", "%%"))
                .orElse("");
    }

    private static boolean qualityHolds(Evidence evidence) {
        return evidence.quality()
                .score()
                .map(score -> score >= evidence.quality().bar())
                .orElse(false);
    }

    private static String quality(Evidence evidence) {
        Evidence.Quality quality = evidence.quality();
        return "%s %s, the bar is %.2f: a gate, all or nothing"
                .formatted(
                        quality.measure(),
                        quality.score().map("%.3f"::formatted).orElse("not known"),
                        quality.bar());
    }

    /// Factors that each take what the last one left.
    private static final class Chain {
        private final List<Factor> factors = new ArrayList<>();
        private long left;
        private double running = 1;

        Chain(long offered) {
            this.left = offered;
        }

        void loses(String name, long lost, String words) {
            long before = left;
            left -= lost;
            times(
                    name,
                    before == 0 ? 0 : left / (double) before,
                    "%,d of %,d, ".formatted(left, before) + words.formatted(lost));
        }

        void times(String name, double value, String numbers) {
            running *= value;
            factors.add(new Factor(name, value, running, numbers));
        }
    }

    /// The share without stakes: every question counts the same.
    private static double plainShare(List<Evidence.Voice> voices) {
        double earned = voices.stream().mapToDouble(each -> each.share() * each.offered()).sum();
        long offered = voices.stream().mapToLong(Evidence.Voice::offered).sum();
        return offered == 0 ? 0 : earned / offered;
    }

    private static List<Gate> gates(Evidence evidence) {
        Evidence.Counts counts = evidence.counts();
        Evidence.Quality quality = evidence.quality();
        List<Gate> gates = new ArrayList<>();
        gates.add(
                new Gate(
                        "the run counts",
                        evidence.voids().isEmpty() && counts.offered() > 0,
                        evidence.voids().isEmpty()
                                ? "%,d questions".formatted(counts.offered())
                                : String.join("; ", evidence.voids())));
        gates.add(none("everything came back", counts.lost(), "lost"));
        gates.add(none("every answer is proved", counts.unproved(), "without a proof"));
        gates.add(none("every answer is right", counts.wrong(), "wrong"));
        gates.add(none("no answer is another's", quality.crossTalk(), "with another's content"));
        gates.add(new Gate("quality is over its bar", qualityHolds(evidence), quality(evidence)));
        Evidence.Latency latency = evidence.latency();
        gates.add(
                new Gate(
                        "99 of 100 in time",
                        counts.good() + counts.late() > 0
                                && latency.p99Millis() <= latency.deadlineMillis(),
                        "p99 %,.1f ms, the deadline is %,.0f ms"
                                .formatted(latency.p99Millis(), latency.deadlineMillis())));
        gates.add(none("nobody was turned away", counts.refused(), "refused"));
        return gates;
    }

    private static Gate none(String name, long count, String what) {
        return new Gate(name, count == 0, "%,d %s".formatted(count, what));
    }

    /// The first gate that does not hold.
    public Optional<Gate> firstFailed() {
        return gates.stream().filter(gate -> !gate.holds()).findFirst();
    }

    private static List<Raise> raises(Evidence evidence, List<Factor> factors, double score) {
        List<Raise> raises = new ArrayList<>();
        double earned = evidence.pay().share();
        if (!qualityHolds(evidence)) {
            raises.add(
                    new Raise(
                            "answers over the quality bar",
                            earned,
                            earned - score,
                            "the gate opens; everything else stays as it is"));
        }
        double base = score == 0 ? earned : score;
        for (Factor factor : factors) {
            if (factor.value() > 0 && factor.value() < 1 && !factor.name().equals("quality")) {
                double without = Math.min(1, base / factor.value());
                raises.add(
                        new Raise(
                                words(factor.name()),
                                without,
                                without - base,
                                "this factor at 1, the others as they are: an upper bound"));
            }
        }
        Sooner.raises(evidence, base).forEach(raises::add);
        return raises.stream()
                .filter(each -> each.gain() > WORTH_NAMING)
                .sorted(Comparator.comparingDouble(Raise::gain).reversed())
                .toList();
    }

    private static String words(String factor) {
        return switch (factor) {
            case "reached" -> "nothing lost";
            case "admitted" -> "nothing refused, and all of it answered like the rest";
            case "proved" -> "every answer proved";
            case "right" -> "every answer right";
            case "in time" -> "nothing late";
            case "latency" -> "every answer in time so quick that it earns all";
            case "stake" -> "large validators served like small ones";
            default -> factor.toLowerCase(Locale.ROOT);
        };
    }

    private static List<Contribution> contributions(Evidence evidence) {
        double all = evidence.voices().stream().mapToDouble(Derivation::weight).sum();
        return evidence.voices().stream()
                .map(each ->
                        new Contribution(
                                each.label(),
                                each.stake(),
                                all == 0 ? 0 : weight(each) / all,
                                each.share()))
                .toList();
    }

    private static double weight(Evidence.Voice voice) {
        return Math.max(1, voice.stake()) * voice.offered();
    }

    /// The highest share that validators with at least half of all stake grant: Yuma clips weights above it.
    private static double halfOfStake(List<Evidence.Voice> voices) {
        double all = voices.stream().mapToDouble(each -> Math.max(1, each.stake())).sum();
        double held = 0;
        for (Evidence.Voice each :
                voices.stream()
                        .sorted(Comparator.comparingDouble(Evidence.Voice::share).reversed())
                        .toList()) {
            held += Math.max(1, each.stake());
            if (held >= all / 2) {
                return each.share();
            }
        }
        return 0;
    }
}
