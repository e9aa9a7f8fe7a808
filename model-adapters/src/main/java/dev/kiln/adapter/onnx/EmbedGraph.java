package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import java.util.Set;

/// The face of an embedder's graph.
///
/// @param inputs those of `input_ids`, `attention_mask` and `token_type_ids` that it takes
/// @param output the name of its token vectors, float32 `[batch, tokens, dimension]`
/// @param dimension length of a vector
/// @param pooling how token vectors become one
record EmbedGraph(Set<String> inputs, String output, int dimension, Pooling pooling) {}
