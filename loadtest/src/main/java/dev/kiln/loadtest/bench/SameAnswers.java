package dev.kiln.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.loadtest.traffic.Marker;
import dev.kiln.loadtest.traffic.Marks;
import dev.kiln.loadtest.traffic.Provenance;
import dev.kiln.loadtest.traffic.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Holds every answer against the first one to the same question: the same numbers, whatever company they were
/// computed in, and no other question's.
///
/// **Threads:** confined to one.
final class SameAnswers implements Marker {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final double tolerance;
    private final Map<String, List<Double>> first; // shared by all stretches of a run

    /// @param tolerance how far a number may be off
    /// @param first the first answers, from [#memory]
    SameAnswers(double tolerance, Map<String, List<Double>> first) {
        this.tolerance = tolerance;
        this.first = first;
    }

    @Override
    public Marks mark(Question question, Provenance provenance, byte[] body) {
        return flaw(question.thing(), body).map(Marks::flawed).orElse(Marks.NONE);
    }

    /// What is wrong with an answer's body.
    Optional<String> flaw(String question, byte[] body) {
        List<Double> numbers;
        try {
            numbers = numbers(JSON.readTree(body));
        } catch (IOException e) {
            return Optional.of("unreadable body");
        }
        if (numbers.isEmpty()) {
            return Optional.of("an answer without numbers");
        }
        List<Double> known = first.putIfAbsent(question, numbers);
        if (known == null) {
            return Optional.empty();
        }
        if (known.size() != numbers.size()) {
            return Optional.of("another number of numbers for the same question");
        }
        for (int i = 0; i < numbers.size(); i++) {
            if (!(Math.abs(known.get(i) - numbers.get(i)) <= tolerance)) {
                return Optional.of("other numbers for the same question");
            }
        }
        return Optional.empty();
    }

    /// A sound's probabilities; of labels the best, as a number that stands for it, and its score.
    private static List<Double> numbers(JsonNode answer) {
        List<Double> numbers = new ArrayList<>();
        answer.path("probabilities").forEach(each -> numbers.add(each.asDouble(Double.NaN)));
        if (answer.path(0).has("label")) {
            numbers.add((double) answer.path(0).path("label").asText().hashCode());
            numbers.add(answer.path(0).path("score").asDouble(Double.NaN));
        }
        return numbers;
    }

    /// A fresh memory of first answers.
    static Map<String, List<Double>> memory() {
        return new HashMap<>();
    }
}
