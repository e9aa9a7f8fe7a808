package dev.kiln.server.config;

import java.util.ArrayList;
import java.util.List;

/// Everything that is wrong with one file, in the order found.
final class Problems {
    private record Problem(String place, String what) {}

    private final List<Problem> all = new ArrayList<>();

    /// @param place the dotted path of the key
    void add(String place, String what) {
        all.add(new Problem(place, what));
    }

    /// A problem with a value that is shown beside its place.
    void add(String place, String value, String what) {
        all.add(new Problem(place + " = " + Text.quoted(value), what));
    }

    boolean none() {
        return all.isEmpty();
    }

    /// Stops with all of them, if there are any.
    ///
    /// @param source the file's name as the reader knows it
    void orThrow(String source) throws ConfigException {
        if (all.isEmpty()) {
            return;
        }
        int width = 0;
        for (Problem problem : all) {
            width = Math.max(width, problem.place().length());
        }
        List<String> lines = new ArrayList<>();
        for (Problem problem : all) {
            lines.add(
                    problem.place().isEmpty()
                            ? problem.what()
                            : "%s  %s"
                                    .formatted(
                                            Text.padded(problem.place(), width), problem.what()));
        }
        throw new ConfigException(source, lines);
    }
}
