package dev.kiln.loadtest.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.core.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `kiln call` got for a file, whatever the task: the answer as it came.
record BodyText(Call.Outcome outcome) implements CallAnswer {
    @Override
    public boolean good() {
        return outcome.received().status() == 200
                && outcome.receipt().map(ReceiptText::verified).orElse(true);
    }

    @Override
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "answer     %d, %d bytes of %s, in %.1f ms"
                        .formatted(
                                outcome.received().status(),
                                outcome.received().body().length,
                                type(),
                                outcome.millis()));
        if (json()) {
            lines.add(text());
        }
        outcome.receipt()
                .ifPresentOrElse(
                        receipt -> lines.addAll(receipt.lines()),
                        () -> lines.add("receipt    none: answers to API keys are unsigned"));
        return lines;
    }

    @Override
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("status", outcome.received().status());
        tree.put("millis", outcome.millis());
        tree.put("content_type", type());
        if (json()) {
            tree.put("body", Json.tree(text()));
        }
        outcome.receipt().ifPresent(receipt -> tree.put("receipt", receipt.tree()));
        return tree;
    }

    private boolean json() {
        return type().startsWith("application/json");
    }

    private String text() {
        return new String(outcome.received().body(), UTF_8);
    }

    private String type() {
        return outcome.received().headers().stream()
                .filter(header -> header.name().equalsIgnoreCase("Content-Type"))
                .map(Header::value)
                .findFirst()
                .orElse("no type");
    }
}
