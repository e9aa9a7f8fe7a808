package dev.kiln.adapter.catalog;

import java.util.List;

/// A model cannot be loaded as configured. The message lists every problem found with its value, its place and what to
/// do, and is meant to be shown to the operator as it is.
public final class ModelLoadException extends Exception {
    private static final long serialVersionUID = 1L;

    public ModelLoadException(String place, List<String> problems) {
        super(text(place, problems));
    }

    public ModelLoadException(String place, String problem, Throwable cause) {
        super(text(place, List.of(problem)), cause);
    }

    private static String text(String place, List<String> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return "%s: %s, the model was not loaded\n  %s"
                .formatted(place, count, String.join("\n  ", problems));
    }
}
