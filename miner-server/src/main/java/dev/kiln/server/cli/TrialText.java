package dev.kiln.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/// What answers and what is on trial, for people.
final class TrialText {
    private static final int SHORT_DIGEST = 12;

    private TrialText() {}

    /// @param said an answer with `models`, or the list itself
    static String models(JsonNode said) {
        var lines = new StringJoiner("\n");
        JsonNode models = said.has("models") ? said.path("models") : said;
        for (JsonNode model : models) {
            lines.add(
                    "%s  %s%s  %s@%s  %d items, %d faults, %d recoveries"
                            .formatted(
                                    model.path("name").asText(),
                                    model.path("state").asText(),
                                    model.has("why") ? " (" + model.path("why").asText() + ")" : "",
                                    model.path("source").asText(),
                                    digest(model),
                                    model.path("items").asLong(),
                                    model.path("faults").asLong(),
                                    model.path("recoveries").asLong()));
            for (JsonNode device : model.path("devices")) {
                lines.add(
                        "  %s: %s"
                                .formatted(
                                        device.path("device").asText(),
                                        device.path("why").asText(device.path("state").asText())));
            }
            if (model.has("trial")) {
                trial(model.path("trial"), lines);
            }
        }
        return lines.toString();
    }

    /// Why the last trial is over; empty while it goes on.
    static Optional<String> over(JsonNode models) {
        for (JsonNode model : models) {
            JsonNode trial = model.path("trial");
            if (trial.has("verdict") || trial.has("over")) {
                return Optional.of(trial.path("verdict").asText(trial.path("over").asText()));
            }
        }
        return Optional.empty();
    }

    private static void trial(JsonNode trial, StringJoiner lines) {
        lines.add(
                "  %s %s: %s@%s"
                        .formatted(
                                trial.path("on").asBoolean() ? "on trial" : "was tried",
                                trial.path("kind").asText(),
                                trial.path("source").asText(),
                                digest(trial)));
        if (trial.path("kind").asText().equals("shadow")) {
            shadow(trial, lines);
        } else {
            lines.add(
                    "    %d calls touched, %d answered by the other model after all, %d failed on it alone, %d gave no number"
                            .formatted(
                                    trial.path("touched").asLong(),
                                    trial.path("retried").asLong(),
                                    trial.path("failed_alone").asLong(),
                                    trial.path("not_finite").asLong()));
            lines.add(
                    "    a call on the model that answers: "
                            + spread(trial.path("answering_ms"), "ms"));
            lines.add(
                    "    a call on the candidate:          "
                            + spread(trial.path("candidate_ms"), "ms"));
        }
        if (trial.has("over")) {
            lines.add("    over: " + trial.path("over").asText());
        }
    }

    private static void shadow(JsonNode trial, StringJoiner lines) {
        trial.path("agreement")
                .properties()
                .forEach(each ->
                        lines.add("    " + each.getKey() + ": " + spread(each.getValue(), "")));
        lines.add(
                "    largest difference of a number: %.3g"
                        .formatted(trial.path("worst_difference").asDouble()));
        lines.add(
                "    engine time for an item, answering: "
                        + spread(trial.path("answering_us"), "us"));
        lines.add(
                "    engine time for an item, candidate: "
                        + spread(trial.path("candidate_us"), "us"));
        lines.add(
                "    candidate less answering:           "
                        + spread(trial.path("difference_us"), "us"));
        quality(trial.path("quality"), lines);
        lines.add(
                "    %d calls failed on it, %d gave no number, %d were dropped to delay nobody"
                        .formatted(
                                trial.path("failed").asLong(),
                                trial.path("not_finite").asLong(),
                                trial.path("dropped").asLong()));
    }

    private static void quality(JsonNode quality, StringJoiner lines) {
        if (quality.isMissingNode()) {
            lines.add(
                    "    quality: not judged; live calls have no labels, --labelled names samples that have");
            return;
        }
        lines.add("    quality: " + quality.path("measure").asText());
        lines.add("      answering: " + spread(quality.path("answering"), ""));
        lines.add("      candidate: " + spread(quality.path("candidate"), ""));
        lines.add("      candidate less answering: " + spread(quality.path("difference"), ""));
    }

    private static String spread(JsonNode spread, String unit) {
        long count = spread.path("n").asLong();
        if (count == 0) {
            return "nothing seen yet";
        }
        String error =
                spread.has("ci95")
                        ? String.format(Locale.ROOT, " ± %.4g", spread.path("ci95").asDouble())
                        : "";
        return String.format(
                Locale.ROOT,
                "%.5g%s %s(n = %d)",
                spread.path("mean").asDouble(),
                error,
                unit.isEmpty() ? "" : unit + " ",
                count);
    }

    private static String digest(JsonNode of) {
        String sha256 = of.path("sha256").asText();
        return sha256.substring(0, Math.min(SHORT_DIGEST, sha256.length()));
    }
}
