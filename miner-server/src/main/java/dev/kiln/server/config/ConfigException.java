package dev.kiln.server.config;

import java.util.List;

/// A configuration that cannot be used. Its message lists every problem with its place.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final transient List<String> problems;

    /// @param source the file's name as the reader knows it
    /// @param problems one line each, at least one
    public ConfigException(String source, List<String> problems) {
        super(text(source, problems, ""));
        this.source = source;
        this.problems = List.copyOf(problems);
    }

    /// The message with what came of it.
    ///
    /// @param consequence such as `nothing was started`
    public String told(String consequence) {
        return text(source, problems, ", " + consequence);
    }

    private static String text(String source, List<String> problems, String consequence) {
        return "%s: %d %s%s%n  %s"
                .formatted(
                        source,
                        problems.size(),
                        problems.size() == 1 ? "problem" : "problems",
                        consequence,
                        String.join(System.lineSeparator() + "  ", problems));
    }

    /// One line each: the place, the value, what is wrong and what to do.
    public List<String> problems() {
        return problems;
    }
}
