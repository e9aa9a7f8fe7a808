package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import java.util.Set;

/// The face of an embedder's graph.
///
/// @param inputs those of `input_ids`, `attention_mask` and `token_type_ids` that it takes
/// @param output the name of its vectors, float32 `[batch, tokens, dimension]`, or `[batch, 1, dimension]` if pooled
/// @param dimension length of a vector
/// @param pooling how token vectors become one
/// @param pooled whether they already have, but for the unit length
record EmbedGraph(
        Set<String> inputs, String output, int dimension, Pooling pooling, boolean pooled) {
    /// The input that is zero everywhere: no text here is one of a pair.
    static final String TYPES = "token_type_ids";

    /// How many vectors come out for each text of so many padded tokens.
    int vectors(int tokens) {
        return pooled ? 1 : tokens;
    }
}
