package dev.kiln.adapter.catalog;

import dev.kiln.adapter.onnx.Golden;
import java.util.Optional;

/// What a model says about itself: the content of a `model.yaml`.
///
/// @param graph the ONNX file
/// @param tokenizer the tokenizer's rules
/// @param dimension length of the vectors
/// @param maxTokens the most tokens the model can read, special ones included
/// @param licence of the weights
/// @param golden a sample that proves the device, if there is one
record Manifest(
        FilePin graph,
        FilePin tokenizer,
        int dimension,
        int maxTokens,
        String licence,
        Optional<Golden> golden) {
    /// A file and what it must be.
    ///
    /// @param name relative to the model's folder
    /// @param sha256 64 lower-case hex digits
    record FilePin(String name, String sha256) {}
}
