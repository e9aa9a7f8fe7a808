package dev.kiln.core.model;

import java.util.List;

/// What an engine gives, free of any tensor library.
public sealed interface ModelOutput {
    /// A vector of unit length.
    ///
    /// @param vector float32, the model's dimension
    /// @param tokens tokens the model saw, special ones included
    /// @param truncated whether the text was longer than the model's cut
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Embedding(float[] vector, int tokens, boolean truncated) implements ModelOutput {}

    /// A probability for each label of the model's [Purpose], in its order.
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Classes(float[] probabilities) implements ModelOutput {}

    /// The probability of speech.
    ///
    /// @param probabilities one for each frame, in order
    /// @param state to be given with the next piece of the same stream; empty where the model keeps none
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Speech(float[] probabilities, float[] state) implements ModelOutput {}

    /// One tensor for each output of the model, in its order.
    record Tensors(List<Tensor> tensors) implements ModelOutput {
        public Tensors {
            tensors = List.copyOf(tensors);
        }
    }

    /// This output as the kind that the model's purpose promises.
    ///
    /// @throws IllegalStateException if it is another kind, which is a bug of the adapter
    default <T extends ModelOutput> T as(Class<T> kind) {
        if (kind.isInstance(this)) {
            return kind.cast(this);
        }
        throw new IllegalStateException(
                "this is a bug: the model gave %s where its purpose promises %s"
                        .formatted(getClass().getSimpleName(), kind.getSimpleName()));
    }
}
