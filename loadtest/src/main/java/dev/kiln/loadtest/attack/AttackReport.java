package dev.kiln.loadtest.attack;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a suite found, as lines for people and as a tree for programs, whose keys are only ever added.
///
/// @param skipped attacks that could not be tried, with what they need
/// @param alive whether an honest question was answered at the end
public record AttackReport(
        Target target,
        String url,
        String miner,
        List<Tried> tried,
        Map<String, String> skipped,
        boolean alive,
        Optional<Flood.Result> flood) {
    public AttackReport {
        tried = List.copyOf(tried);
    }

    /// Whether every attack ended as it must.
    public boolean good() {
        return alive
                && !tried.isEmpty()
                && tried.stream().allMatch(Tried::good)
                && flood.map(Flood.Result::good).orElse(true);
    }

    /// One attack as a line.
    public static String line(Target target, Tried tried) {
        String got = tried.outcome().words();
        String expected =
                target.hasCodes()
                        ? tried.attack().expected().words()
                        : tried.attack().expected() instanceof Expected.Answer
                                ? "accepted"
                                : "refused";
        String seen = target.hasCodes() ? got : word(tried.outcome().effect()) + " (" + got + ")";
        return "%-4s %-26s %-9s %-46s %s"
                .formatted(
                        mark(target, tried),
                        tried.attack().name(),
                        tried.attack().spoken().map(Spoken::toString).orElse("any"),
                        tried.good() && target.hasCodes() ? got : seen,
                        tried.good() ? "" : "must be " + expected)
                .stripTrailing();
    }

    private static String mark(Target target, Tried tried) {
        if (tried.good()) {
            return "ok";
        }
        if (target.hasCodes()) {
            return "BAD";
        }
        return switch (tried.outcome().effect()) {
            case ACCEPTED -> "LET";
            case REFUSED -> "NO";
            case CRASHED -> "500";
            case HUNG -> "HUNG";
        };
    }

    /// How long the attacks took, one after the other; restarts are part of theirs.
    private double seconds() {
        return tried.stream().mapToDouble(Tried::millis).sum() / 1e3;
    }

    /// What follows the rows.
    public List<String> summary() {
        List<String> lines = new ArrayList<>();
        families(lines);
        flood.ifPresent(result -> flood(lines, result));
        lines.add("");
        lines.add(
                "took        %.1f s for the attacks%s"
                        .formatted(
                                seconds(),
                                flood.map(result ->
                                                "; the flood beside them %.1f s"
                                                        .formatted(result.seconds()))
                                        .orElse("")));
        lines.add("verdict     " + (good() ? "PASS" : "FAIL"));
        for (String reason : reasons()) {
            lines.add("            " + reason);
        }
        return lines;
    }

    private void families(List<String> lines) {
        lines.add("%-10s %6s %6s  %s".formatted("family", "tried", "bad", "what it is"));
        for (Family family : Family.values()) {
            List<Tried> own =
                    tried.stream().filter(each -> each.attack().family() == family).toList();
            if (!own.isEmpty()) {
                lines.add(
                        "%-10s %6d %6d  %s"
                                .formatted(
                                        word(family),
                                        own.size(),
                                        own.stream().filter(each -> !each.good()).count(),
                                        family.words()));
            }
        }
        skipped.values().stream()
                .collect(Collectors.groupingBy(why -> why, Collectors.counting()))
                .forEach((why, count) ->
                        lines.add("%-10s %6d         %s".formatted("not tried", count, why)));
    }

    private static void flood(List<String> lines, Flood.Result result) {
        lines.add("");
        lines.add(
                "flood       %,d requests of strangers, %,.0f/s: %s"
                        .formatted(
                                result.strangers().sent(),
                                result.strangers().perSecond(),
                                result.strangers().outcomes().entrySet().stream()
                                        .sorted(Map.Entry.comparingByKey())
                                        .map(each ->
                                                "%s %,d".formatted(each.getKey(), each.getValue()))
                                        .collect(Collectors.joining(", "))));
        lines.add(
                "            %-8s %6s %9s %7s %9s %9s   %s"
                        .formatted(
                                "honest",
                                "sent",
                                "answered",
                                "failed",
                                "p50 ms",
                                "p99 ms",
                                "generator late p99 ms"));
        for (Flood.Stretch stretch : result.stretches()) {
            lines.add(
                    "            %-8s %,6d %,9d %,7d %9.1f %9.1f   %.1f"
                            .formatted(
                                    stretch.name(),
                                    stretch.sent(),
                                    stretch.answered(),
                                    stretch.failed(),
                                    stretch.p50Millis(),
                                    stretch.p99Millis(),
                                    stretch.lateP99Millis()));
        }
    }

    private List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        Map<Outcome.Effect, Long> effects = effects();
        String kinds =
                effects.entrySet().stream()
                        .map(each -> "%s %d".formatted(word(each.getKey()), each.getValue()))
                        .collect(Collectors.joining(", "));
        reasons.add("%d attacks: %s".formatted(hostile().size(), kinds));
        if (target.hasCodes()) {
            name(reasons, "not as they must be", tried.stream().filter(each -> !each.good()));
        } else {
            name(reasons, "let through", ended(Outcome.Effect.ACCEPTED));
            name(reasons, "crashed", ended(Outcome.Effect.CRASHED));
            name(reasons, "hung", ended(Outcome.Effect.HUNG));
        }
        if (!alive) {
            reasons.add("at the end an honest question is not answered any more");
        }
        if (!flood.map(Flood.Result::good).orElse(true)) {
            reasons.add("the flood: honest questions went unanswered, or a stranger was answered");
        }
        return reasons;
    }

    private Stream<Tried> ended(Outcome.Effect effect) {
        return hostile().stream().filter(each -> each.outcome().effect() == effect);
    }

    private static void name(List<String> reasons, String heading, Stream<Tried> which) {
        List<String> names = which.map(each -> each.attack().name()).toList();
        if (!names.isEmpty()) {
            reasons.add("%s (%d): %s".formatted(heading, names.size(), String.join(", ", names)));
        }
    }

    private List<Tried> hostile() {
        return tried.stream()
                .filter(each -> !(each.attack().expected() instanceof Expected.Answer))
                .toList();
    }

    /// How the hostile ones ended, by kind.
    public Map<Outcome.Effect, Long> effects() {
        Map<Outcome.Effect, Long> effects = new EnumMap<>(Outcome.Effect.class);
        hostile().forEach(each -> effects.merge(each.outcome().effect(), 1L, Long::sum));
        return effects;
    }

    /// The whole report with stable keys.
    public Map<String, Object> tree() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("verdict", good() ? "pass" : "fail");
        root.put("target", target.toString());
        root.put("url", url);
        root.put("miner", miner);
        root.put("tried", tried.size());
        root.put("bad", tried.stream().filter(each -> !each.good()).count());
        Map<String, Object> effects = new LinkedHashMap<>();
        for (Outcome.Effect effect : Outcome.Effect.values()) {
            effects.put(word(effect), effects().getOrDefault(effect, 0L));
        }
        root.put("effects", effects);
        root.put("alive", alive);
        root.put("reasons", reasons());
        root.put("cases", tried.stream().map(AttackReport::tree).toList());
        root.put("not_tried", new LinkedHashMap<>(skipped));
        flood.ifPresent(result -> root.put("flood", tree(result)));
        root.put("seconds", Math.rint(seconds() * 10) / 10);
        return root;
    }

    private static Map<String, Object> tree(Tried tried) {
        Map<String, Object> row = row(tried.attack());
        row.put("got", tried.outcome().words());
        row.put("effect", word(tried.outcome().effect()));
        row.put("ok", tried.good());
        row.put("ms", Math.rint(tried.millis() * 10) / 10);
        return row;
    }

    /// A row of the table with stable keys.
    public static Map<String, Object> row(Case attack) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", attack.name());
        row.put("family", word(attack.family()));
        row.put("dialect", attack.spoken().map(Spoken::toString).orElse("any"));
        row.put("stage", word(attack.stage()));
        row.put("sent", attack.sent());
        row.put("expected", attack.expected().words());
        row.put("why", attack.why());
        return row;
    }

    private static Map<String, Object> tree(Flood.Result result) {
        Map<String, Object> flood = new LinkedHashMap<>();
        flood.put("ok", result.good());
        flood.put("strangers_sent", result.strangers().sent());
        flood.put("strangers_per_s", Math.rint(result.strangers().perSecond()));
        flood.put("strangers_accepted", result.strangers().accepted());
        flood.put("outcomes", new TreeMap<>(result.strangers().outcomes()));
        List<Map<String, Object>> stretches = new ArrayList<>();
        for (Flood.Stretch stretch : result.stretches()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", stretch.name());
            one.put("sent", stretch.sent());
            one.put("answered", stretch.answered());
            one.put("failed", stretch.failed());
            one.put("p50_ms", stretch.p50Millis());
            one.put("p99_ms", stretch.p99Millis());
            one.put("generator_late_p99_ms", stretch.lateP99Millis());
            stretches.add(one);
        }
        flood.put("honest", stretches);
        flood.put("seconds", Math.rint(result.seconds() * 10) / 10);
        return flood;
    }

    private static String word(Enum<?> each) {
        return each.name().toLowerCase(Locale.ROOT);
    }
}
