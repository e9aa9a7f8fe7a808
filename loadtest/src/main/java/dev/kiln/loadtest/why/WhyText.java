package dev.kiln.loadtest.why;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A derivation as lines for people and as a tree for programs, whose keys are only ever added.
public final class WhyText {
    private WhyText() {}

    /// The derivation, line by line.
    public static List<String> lines(Evidence evidence, Derivation why) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "score       %.4f of what could be earned: %s"
                        .formatted(why.score(), evidence.source()));
        lines.add("");
        lines.add("  %-10s %8s %9s   %s".formatted("factor", "value", "product", "made of"));
        for (Derivation.Factor each : why.factors()) {
            lines.add(
                    "  %-10s %8.4f %9.4f   %s"
                            .formatted(each.name(), each.value(), each.running(), each.numbers()));
        }
        lines.add("");
        for (Derivation.Gate each : why.gates()) {
            lines.add(
                    "  %-4s %-24s %s"
                            .formatted(each.holds() ? "ok" : "NO", each.name(), each.words()));
        }
        lines.add(
                "first gate that fails: "
                        + why.firstFailed().map(Derivation.Gate::name).orElse("none"));
        lines.add("");
        validators(lines, why);
        lines.add("");
        raises(lines, why);
        lines.add("");
        lines.add(
                "what this is not: an income. A subnet pays a miner's share among all its miners, whose scores this run does not know.");
        return lines;
    }

    private static void validators(List<String> lines, Derivation why) {
        lines.add(
                "  %-12s %12s %8s %8s %8s"
                        .formatted("validator", "stake TAO", "weight", "pays", "adds"));
        for (Derivation.Contribution each : why.contributions()) {
            lines.add(
                    "  %-12s %,12.0f %8.4f %8.4f %8.4f"
                            .formatted(
                                    each.label(),
                                    each.stake(),
                                    each.weight(),
                                    each.share(),
                                    each.weight() * each.share()));
        }
        lines.add(
                "  half of all stake grants %.4f or more; where weights go through Yuma, what single validators grant above is clipped"
                        .formatted(why.halfOfStake()));
    }

    private static void raises(List<String> lines, Derivation why) {
        if (why.raises().isEmpty()) {
            lines.add("nothing in this run would raise it by more than 0.0005");
            return;
        }
        lines.add("what would raise it most, one at a time:");
        for (Derivation.Raise each : why.raises()) {
            lines.add(
                    "  %+.4f to %.4f   %s (%s)"
                            .formatted(each.gain(), each.score(), each.what(), each.basis()));
        }
    }

    /// The same with stable keys.
    public static Map<String, Object> tree(Evidence evidence, Derivation why) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("score", why.score());
        root.put("source", evidence.source());
        root.put("curve", evidence.pay().curve());
        root.put(
                "factors",
                why.factors().stream()
                        .map(each -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("name", each.name());
                            one.put("value", each.value());
                            one.put("product", each.running());
                            one.put("made_of", each.numbers());
                            return one;
                        })
                        .toList());
        root.put(
                "gates",
                why.gates().stream()
                        .map(each -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("name", each.name());
                            one.put("holds", each.holds());
                            one.put("words", each.words());
                            return one;
                        })
                        .toList());
        why.firstFailed().ifPresent(gate -> root.put("first_failed_gate", gate.name()));
        root.put(
                "validators",
                why.contributions().stream()
                        .map(each -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("label", each.label());
                            one.put("stake", each.stake());
                            one.put("weight", each.weight());
                            one.put("pays", each.share());
                            return one;
                        })
                        .toList());
        root.put("half_of_stake_grants", why.halfOfStake());
        root.put(
                "raises",
                why.raises().stream()
                        .map(each -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("what", each.what());
                            one.put("score", each.score());
                            one.put("gain", each.gain());
                            one.put("basis", each.basis());
                            return one;
                        })
                        .toList());
        return root;
    }
}
