package dev.kiln.loadtest.traffic;

import java.util.Map;

/// What receipts asserted about batches and stages: means over all receipts that say enough.
///
/// @param receipts how many said it
/// @param meanItems items in the batch that a call ran in, as calls saw it
/// @param meanStageMicros by stage
/// @param last the facts of the last one
public record BatchFacts(
        long receipts,
        double meanItems,
        int largest,
        Map<String, Double> meanStageMicros,
        Provenance.Facts last) {}
