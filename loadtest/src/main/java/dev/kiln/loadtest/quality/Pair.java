package dev.kiln.loadtest.quality;

/// Two sentences and whether they say the same.
///
/// @param paraphrase whether both say the same
/// @param topic one lower-case word
public record Pair(boolean paraphrase, String topic, String first, String second) {}
