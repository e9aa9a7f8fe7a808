package dev.kiln.server.task;

import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What a task is made of.
///
/// @param name the task's name in routes and metrics
/// @param path where it is served
/// @param models those that it may ask, as they are served now; of any purpose
/// @param answers whether the model of a name answers at this moment, or is being rebuilt
public record Setting(
        String name,
        String path,
        Supplier<List<ModelInfo>> models,
        Predicate<String> answers,
        Limits limits,
        Time time) {
    /// Bounds on what a call may bring, and on what is kept for callers.
    ///
    /// @param items most texts, images or files in one call
    /// @param textChars most UTF-16 characters of one text
    /// @param streams open at once
    /// @param streamsPerCaller open at once of one caller
    /// @param streamIdle how long a stream is kept without a piece
    public record Limits(
            int items, int textChars, int streams, int streamsPerCaller, Duration streamIdle) {}
}
