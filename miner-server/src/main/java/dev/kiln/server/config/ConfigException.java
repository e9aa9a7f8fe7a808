package dev.kiln.server.config;

import java.util.List;

/// A configuration that nothing may be started with. Its message lists every problem with its place.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /// @param source the file's name as the reader knows it
    /// @param problems one line each, at least one
    public ConfigException(String source, List<String> problems) {
        super(
                "%s: %d %s, nothing was started%n  %s"
                        .formatted(
                                source,
                                problems.size(),
                                problems.size() == 1 ? "problem" : "problems",
                                String.join(System.lineSeparator() + "  ", problems)));
        this.problems = List.copyOf(problems);
    }

    /// One line each: the place, the value, what is wrong and what to do.
    public List<String> problems() {
        return problems;
    }
}
