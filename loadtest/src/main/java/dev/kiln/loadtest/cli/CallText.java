package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.quality.Cosine;
import dev.kiln.loadtest.traffic.EmbeddingJson;
import dev.kiln.loadtest.traffic.EmbeddingJson.Embeddings;
import dev.kiln.loadtest.traffic.EmbeddingJson.Said;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `kiln call` got, for people and for programs.
final class CallText {
    private static final String STREAM = "text/event-stream";
    private static final int SHOWN = 4;
    private static final int SHOWN_CHARS = 40;

    private final List<String> texts;
    private final Call.Outcome outcome;
    private final Optional<Embeddings> embeddings;

    CallText(List<String> texts, Call.Outcome outcome) {
        this.texts = texts;
        this.outcome = outcome;
        this.embeddings = read(outcome);
    }

    private static Optional<Embeddings> read(Call.Outcome outcome) {
        try {
            if (outcome.received().status() != 200) {
                return Optional.empty();
            }
            byte[] body = outcome.received().body();
            boolean streamed =
                    outcome.received().header("Content-Type").orElse("").startsWith(STREAM);
            return Optional.of(
                    streamed ? EmbeddingJson.readStream(body) : EmbeddingJson.read(body));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Answered, readable, as many vectors as texts, and proved where a proof is due.
    boolean good() {
        return embeddings.map(answer -> answer.vectors().size() == texts.size()).orElse(false)
                && outcome.receipt().map(ReceiptText::verified).orElse(true);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        embeddings.ifPresentOrElse(
                answer -> answered(lines, answer), () -> lines.add(notAnswered()));
        outcome.receipt()
                .ifPresentOrElse(
                        receipt -> lines.addAll(receipt.lines()),
                        () -> lines.add("receipt    none: answers to API keys are unsigned"));
        return lines;
    }

    private void answered(List<String> lines, Embeddings answer) {
        int dimension = answer.vectors().isEmpty() ? 0 : answer.vectors().getFirst().length;
        lines.add(
                "answer     %d vectors of %d numbers, %s tokens, model %s, in %.1f ms"
                        .formatted(
                                answer.vectors().size(),
                                dimension,
                                answer.tokens() < 0 ? "unknown" : answer.tokens(),
                                answer.model(),
                                outcome.millis()));
        for (int i = 0; i < answer.vectors().size(); i++) {
            lines.add(
                    "  %-8d %s  \"%s\""
                            .formatted(i + 1, numbers(answer.vectors().get(i)), text(i)));
        }
        for (int i = 1; i < answer.vectors().size(); i++) {
            lines.add("cosine     1 and %d: %.4f".formatted(i + 1, cosine(answer, i)));
        }
    }

    private static double cosine(Embeddings answer, int other) {
        float[] first = answer.vectors().getFirst();
        float[] second = answer.vectors().get(other);
        return first.length == second.length ? Cosine.between(first, second) : 0;
    }

    private String notAnswered() {
        int status = outcome.received().status();
        Optional<Said> said = EmbeddingJson.refusal(outcome.received().body());
        if (status == 200) {
            return "answer     200 with a body that is no answer to embeddings";
        }
        return said.map(why -> "refused    %d %s: %s".formatted(status, why.code(), why.message()))
                .orElse("refused    status %d without a reason".formatted(status));
    }

    private String text(int index) {
        String text = index < texts.size() ? texts.get(index) : "";
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    private static String numbers(float[] vector) {
        var shown = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, vector.length); i++) {
            shown.append("%8.4f".formatted(vector[i]));
        }
        return shown.append(" …").toString();
    }

    /// The same with stable keys.
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("status", outcome.received().status());
        tree.put("millis", outcome.millis());
        embeddings.ifPresent(answer -> answer(tree, answer));
        if (embeddings.isEmpty()) {
            EmbeddingJson.refusal(outcome.received().body())
                    .ifPresent(why -> {
                        tree.put("code", why.code());
                        tree.put("message", why.message());
                    });
        }
        outcome.receipt().ifPresent(receipt -> tree.put("receipt", receipt.tree()));
        return tree;
    }

    private static void answer(Map<String, Object> tree, Embeddings answer) {
        tree.put("model", answer.model());
        tree.put("tokens", answer.tokens());
        tree.put("embeddings", answer.vectors());
        List<Double> cosines = new ArrayList<>();
        for (int i = 1; i < answer.vectors().size(); i++) {
            cosines.add(cosine(answer, i));
        }
        tree.put("cosine_to_first", cosines);
    }
}
