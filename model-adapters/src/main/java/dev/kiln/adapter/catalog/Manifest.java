package dev.kiln.adapter.catalog;

import dev.kiln.adapter.kind.FileTypeSettings;
import dev.kiln.adapter.kind.ImageSettings;
import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.kind.VoiceSettings;
import dev.kiln.core.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/// What a model says about itself: the content of a `model.yaml`.
///
/// @param files name, relative to the model's folder, to SHA-256, 64 lower-case hex digits
/// @param precision what its numbers are, and with it how far they may be off
/// @param batchTolerance how far a number may move with the company that an input has in a batch
/// @param memoryBytes what it will take, if stated
/// @param licence of the weights
/// @param golden samples that prove engine and device, may be none
record Manifest(
        EngineSection engine,
        Task task,
        Map<String, String> files,
        Precision precision,
        double batchTolerance,
        OptionalLong memoryBytes,
        String licence,
        List<GoldenSpec> golden) {
    Manifest {
        files = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(files));
        golden = List.copyOf(golden);
    }

    /// The digest of the weights' file.
    String sha256() {
        return String.valueOf(files.get(engine.weights()));
    }

    /// What runs it. A new one makes the compiler point at [ModelMaker].
    enum EngineKind {
        ONNX,
        PYTORCH
    }

    /// Which engine, and the model's face.
    ///
    /// @param weights the name of the file that the engine loads
    /// @param inputs as the model declares them; empty where an ONNX file is trusted to say it itself
    /// @param outputs likewise
    /// @param method what is called of a TorchScript module
    /// @param numbers inputs that the method takes as plain numbers
    record EngineSection(
            EngineKind kind,
            String weights,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            String method,
            Set<String> numbers) {
        EngineSection {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
            numbers = Set.copyOf(numbers);
        }
    }

    /// What a model's numbers are.
    enum Precision {
        FP32(1e-4),
        FP16(5e-3),
        INT8(2e-2);

        private final double tolerance;

        Precision(double tolerance) {
            this.tolerance = tolerance;
        }

        /// How far a golden sample may be off where nothing more is known.
        double tolerance() {
            return tolerance;
        }
    }

    /// What a model is for. A new one makes the compiler point at [ModelMaker].
    sealed interface Task {
        /// Texts to vectors.
        ///
        /// @param tokenizer the name of its rules' file
        /// @param dimension length of the vectors
        /// @param maxTokens the most tokens the model can read, special ones included
        record TextEmbedding(String tokenizer, Pooling pooling, int dimension, int maxTokens)
                implements Task {}

        /// Images to probabilities.
        ///
        /// @param settings without the labels
        record ImageClassification(ImageSettings settings, Labels labels) implements Task {}

        /// Files to probabilities.
        ///
        /// @param settings without the labels
        record FileType(FileTypeSettings settings, Labels labels) implements Task {}

        record VoiceActivity(VoiceSettings settings) implements Task {}

        record Tensors() implements Task {}
    }

    /// The words for a classifier's outputs, stated or in a file of one label a line.
    record Labels(List<String> stated, Optional<String> file) {
        Labels {
            stated = List.copyOf(stated);
        }
    }

    /// A golden sample as it is written down.
    ///
    /// @param tolerance largest absolute difference of a number, if this sample has one of its own
    record GoldenSpec(String name, Given given, Expected expected, OptionalDouble tolerance) {}

    /// What a golden sample puts in.
    sealed interface Given {
        record Text(String text) implements Given {}

        /// A file beside the manifest.
        ///
        /// @param file whose bytes are an image, a file of any type, or sound
        record Content(String file) implements Given {}

        record Tensors(List<Values> tensors) implements Given {
            public Tensors {
                tensors = List.copyOf(tensors);
            }
        }
    }

    /// What comes out of a golden sample.
    sealed interface Expected {
        /// The first components of a vector, or the first frames of speech.
        record Start(List<Double> numbers) implements Expected {
            public Start {
                numbers = List.copyOf(numbers);
            }
        }

        /// Some labels' probabilities.
        record Probabilities(Map<String, Double> byLabel) implements Expected {
            public Probabilities {
                byLabel = Map.copyOf(byLabel);
            }
        }

        record Tensors(List<Values> tensors) implements Expected {
            public Tensors {
                tensors = List.copyOf(tensors);
            }
        }
    }

    /// A tensor of a golden sample.
    ///
    /// @param data its elements, row by row; empty where a file holds them, little-endian
    record Values(String name, List<Long> shape, List<Double> data, Optional<String> file) {
        Values {
            shape = List.copyOf(shape);
            data = List.copyOf(data);
        }
    }
}
