package dev.kiln.core.model;

import java.util.List;
import java.util.Optional;

/// What an engine eats, free of any tensor library.
public sealed interface ModelInput {
    /// A text; lone surrogates never occur.
    record Text(String text) implements ModelInput {}

    /// An image.
    ///
    /// @param encoded JPEG or PNG, as received
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Image(byte[] encoded) implements ModelInput {}

    /// The content of a file.
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record File(byte[] content) implements ModelInput {}

    /// Sound of one channel.
    ///
    /// @param samples from -1 to 1, at the model's rate
    /// @param state what the model gave with the piece before, for a stream; empty for a whole clip or a first piece
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Sound(float[] samples, Optional<float[]> state) implements ModelInput {}

    /// One tensor for each input of the model, in any order. Where the model takes batches, the first axis of each
    /// is this request's own batch.
    record Tensors(List<Tensor> tensors) implements ModelInput {
        public Tensors {
            tensors = List.copyOf(tensors);
        }
    }
}
