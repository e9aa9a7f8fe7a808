package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.Expected;
import dev.kiln.adapter.catalog.Manifest.Given;
import dev.kiln.adapter.catalog.Manifest.GoldenSpec;
import dev.kiln.adapter.catalog.Manifest.Values;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes samples that can be run of those that a `model.yaml` writes down.
///
/// @param files what the samples name lies among them
/// @param purpose what kind of thing goes in and comes out
record GoldenSamples(ModelFiles files, Purpose purpose) {
    /// @throws ModelFault if one does not suit the model's task
    List<Sample> all() throws ModelFault {
        List<Sample> samples = new ArrayList<>();
        for (GoldenSpec spec : files.manifest().golden()) {
            double tolerance = spec.tolerance().orElse(files.manifest().precision().tolerance());
            try {
                samples.add(new Sample(spec.name(), input(spec), output(spec), tolerance));
            } catch (IllegalArgumentException e) {
                throw new ModelFault(
                        "the golden sample %s cannot be used: %s"
                                .formatted(spec.name(), e.getMessage()),
                        e);
            }
        }
        return samples;
    }

    private ModelInput input(GoldenSpec spec) {
        return switch (purpose) {
            case Purpose.TextEmbedding _ when spec.given() instanceof Given.Text(String text) ->
                    new ModelInput.Text(text);
            case Purpose.ImageClassification _
                    when spec.given() instanceof Given.Content(String file) ->
                    new ModelInput.Image(files.bytes(file));
            case Purpose.FileType _ when spec.given() instanceof Given.Content(String file) ->
                    new ModelInput.File(files.bytes(file));
            case Purpose.VoiceActivity _ when spec.given() instanceof Given.Content(String file) ->
                    new ModelInput.Sound(sound(file), Optional.empty());
            case Purpose.Tensors model
                    when spec.given() instanceof Given.Tensors(List<Values> tensors) ->
                    new ModelInput.Tensors(tensors(tensors, model.inputs()));
            default -> throw new IllegalArgumentException("it is no input for this task");
        };
    }

    private ModelOutput output(GoldenSpec spec) {
        return switch (purpose) {
            case Purpose.TextEmbedding _
                    when spec.expected() instanceof Expected.Start(List<Double> start) ->
                    new ModelOutput.Embedding(floats(start), 0, false);
            case Purpose.ImageClassification(List<String> labels)
                    when spec.expected()
                            instanceof Expected.Probabilities(Map<String, Double> some) ->
                    classes(labels, some);
            case Purpose.FileType(List<String> labels)
                    when spec.expected()
                            instanceof Expected.Probabilities(Map<String, Double> some) ->
                    classes(labels, some);
            case Purpose.VoiceActivity _
                    when spec.expected() instanceof Expected.Start(List<Double> start) ->
                    new ModelOutput.Speech(floats(start), new float[0]);
            case Purpose.Tensors model
                    when spec.expected() instanceof Expected.Tensors(List<Values> tensors) ->
                    new ModelOutput.Tensors(tensors(tensors, model.outputs()));
            default ->
                    throw new IllegalArgumentException("it expects what this task does not give");
        };
    }

    private static ModelOutput classes(List<String> labels, Map<String, Double> some) {
        float[] probabilities = new float[labels.size()];
        Arrays.fill(probabilities, Float.NaN);
        some.forEach((label, probability) -> {
            int place = labels.indexOf(label);
            if (place < 0) {
                throw new IllegalArgumentException("there is no label " + label);
            }
            probabilities[place] = probability.floatValue();
        });
        return new ModelOutput.Classes(probabilities);
    }

    private static float[] floats(List<Double> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    /// Raw samples of one channel, little-endian: `.f32` or `.s16`.
    private float[] sound(String file) {
        var bytes = ByteBuffer.wrap(files.bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (file.endsWith(".f32")) {
            float[] samples = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(samples);
            return samples;
        }
        if (file.endsWith(".s16")) {
            float[] samples = new float[bytes.remaining() / Short.BYTES];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = bytes.getShort() / 32768f;
            }
            return samples;
        }
        throw new IllegalArgumentException(
                file + " must be raw sound, its name ending in .f32 or .s16");
    }

    private List<Tensor> tensors(List<Values> values, List<TensorSpec> specs) {
        if (values.size() != specs.size()) {
            throw new IllegalArgumentException(
                    "the model has %d tensors here, the sample %d"
                            .formatted(specs.size(), values.size()));
        }
        List<Tensor> tensors = new ArrayList<>();
        for (TensorSpec spec : specs) {
            Values own =
                    values.stream()
                            .filter(it -> it.name().equals(spec.name()))
                            .findFirst()
                            .orElseThrow(() ->
                                    new IllegalArgumentException(spec.name() + " is missing"));
            byte[] bytes =
                    own.file().isPresent()
                            ? files.bytes(own.file().get())
                            : encoded(own.data(), spec.dtype());
            tensors.add(new Tensor(spec.name(), spec.dtype(), own.shape(), ByteBuffer.wrap(bytes)));
        }
        return tensors;
    }

    private static byte[] encoded(List<Double> numbers, DType dtype) {
        var bytes =
                ByteBuffer.allocate(numbers.size() * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double number : numbers) {
            switch (dtype) {
                case BOOL -> bytes.put((byte) (number == 0 ? 0 : 1));
                case INT8, UINT8 -> bytes.put((byte) (long) number);
                case INT16 -> bytes.putShort((short) (long) number);
                case INT32 -> bytes.putInt((int) (long) number);
                case INT64 -> bytes.putLong((long) number);
                case FP16 -> bytes.putShort(Float.floatToFloat16((float) number));
                case FP32 -> bytes.putFloat((float) number);
                case FP64 -> bytes.putDouble(number);
            }
        }
        return bytes.array();
    }
}
