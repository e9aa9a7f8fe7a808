package dev.kiln.core.model;

import java.util.List;

/// What a model is for, and what its callers rely on. Two models of equal purpose may stand in for each other: a swap
/// between others is refused, for a caller could not read the answer.
public sealed interface Purpose {
    /// Texts to vectors of unit length.
    ///
    /// @param dimension length of a vector
    record TextEmbedding(int dimension) implements Purpose {}

    /// JPEG or PNG bytes to a probability for each label.
    record ImageClassification(List<String> labels) implements Purpose {
        public ImageClassification {
            labels = List.copyOf(labels);
        }
    }

    /// The bytes of a file to a probability for each type of file.
    record FileType(List<String> labels) implements Purpose {
        public FileType {
            labels = List.copyOf(labels);
        }
    }

    /// Sound to the probability of speech, frame by frame.
    ///
    /// @param rate samples a second that it hears
    /// @param frame samples of one frame
    record VoiceActivity(int rate, int frame) implements Purpose {}

    /// Tensors to tensors, nothing known of their meaning.
    ///
    /// @param inputs one for each input of the model, in its order
    /// @param outputs one for each output, in its order
    record Tensors(List<TensorSpec> inputs, List<TensorSpec> outputs) implements Purpose {
        public Tensors {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }
}
