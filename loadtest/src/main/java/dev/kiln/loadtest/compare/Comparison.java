package dev.kiln.loadtest.compare;

import dev.kiln.loadtest.report.LoadRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What two runs show beside each other. Its components are the keys of `kiln load compare --json`.
///
/// @param schema [#SCHEMA]
/// @param word `worse`, `better` or `same`
/// @param statement the same in a sentence, with how sure it is
/// @param confidence that no `better` or `worse` here is chance, for all changes together
/// @param differences what else differs between the runs and may be the cause
/// @param overridden why these runs should not be compared, where that was forced
public record Comparison(
        String schema,
        String word,
        String statement,
        double confidence,
        Side before,
        Side after,
        List<Change> changes,
        List<Difference> differences,
        List<String> overridden) {
    /// The first key's value.
    public static final String SCHEMA = "kiln-compare/1";

    public Comparison {
        changes = List.copyOf(changes);
        differences = List.copyOf(differences);
        overridden = List.copyOf(overridden);
    }

    /// The exit code: 1 where something got worse.
    public int exitCode() {
        return word.equals("worse") ? 1 : 0;
    }

    /// One of the two runs.
    public record Side(String started, String verdict, String command) {}

    /// One figure of both.
    ///
    /// @param unit `ms`, `/s`, `share` or `score`
    /// @param change as the interval: how many times as large (`ratio`) or how much more (`difference`)
    /// @param kind `ratio` or `difference`
    /// @param interval of the change; absent where none can be named
    /// @param word `better`, `worse`, or `same` where the difference may be chance or is too small to matter
    /// @param how the interval was found
    public record Change(
            String name,
            String unit,
            @Nullable Double before,
            @Nullable Double after,
            @Nullable Double change,
            String kind,
            LoadRun.@Nullable Interval interval,
            String word,
            String how) {}

    /// Something that is not the same on both sides.
    public record Difference(String what, String before, String after) {}
}
