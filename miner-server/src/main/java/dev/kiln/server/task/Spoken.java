package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refused;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How a model of each purpose is spoken to in tensors.
///
/// @param labels what its probabilities are of, in order; empty where they are of nothing with a name
record Spoken(Purpose purpose, List<Port> inputs, List<Port> outputs, List<String> labels) {
    private static final List<Long> ANY = List.of(-1L);
    private static final float[] NOTHING = {};

    /// One tensor that goes in or comes out.
    ///
    /// @param shape its axes; -1 for one of any length
    /// @param optional whether it may be left out
    record Port(String name, String datatype, List<Long> shape, boolean optional) {
        private static Port of(TensorSpec spec) {
            return new Port(spec.name(), spec.dtype().name(), spec.shape(), false);
        }

        private static Port numbers(String name, List<Long> shape) {
            return new Port(name, DType.FP32.name(), shape, false);
        }

        private static Port strings(String name) {
            return new Port(name, Value.BYTES, ANY, false);
        }

        /// @throws Refused if the value is of another type or shape
        void require(Value value) throws Refused {
            if (!value.datatype().equals(datatype)) {
                throw bad("input %s is %s, was %s".formatted(name, datatype, value.datatype()));
            }
            boolean fits = value.shape().size() == shape.size();
            for (int i = 0; fits && i < shape.size(); i++) {
                fits = shape.get(i) == -1 || shape.get(i).equals(value.shape().get(i));
            }
            if (!fits) {
                throw bad("input %s has shape %s, was %s".formatted(name, shape, value.shape()));
            }
        }
    }

    static Spoken of(Purpose purpose) {
        return switch (purpose) {
            case Purpose.TextEmbedding(int dimension) ->
                    new Spoken(
                            purpose,
                            List.of(Port.strings("text")),
                            List.of(Port.numbers("embedding", List.of(-1L, (long) dimension))),
                            List.of());
            case Purpose.ImageClassification(List<String> labels) ->
                    labelled(purpose, "image", labels);
            case Purpose.FileType(List<String> labels) -> labelled(purpose, "file", labels);
            case Purpose.VoiceActivity _ ->
                    new Spoken(
                            purpose,
                            List.of(
                                    Port.numbers("samples", ANY),
                                    new Port("state", DType.FP32.name(), ANY, true)),
                            List.of(Port.numbers("probabilities", ANY), Port.numbers("state", ANY)),
                            List.of());
            case Purpose.Tensors tensors ->
                    new Spoken(
                            purpose,
                            tensors.inputs().stream().map(Port::of).toList(),
                            tensors.outputs().stream().map(Port::of).toList(),
                            List.of());
        };
    }

    private static Spoken labelled(Purpose purpose, String input, List<String> labels) {
        return new Spoken(
                purpose,
                List.of(Port.strings(input)),
                List.of(Port.numbers("probabilities", List.of(-1L, (long) labels.size()))),
                labels);
    }

    Optional<Port> output(String name) {
        return outputs.stream().filter(port -> port.name().equals(name)).findFirst();
    }

    /// What the model is to eat.
    ///
    /// @param given by name, checked against [#inputs]
    List<ModelInput> read(Map<String, Value> given, Setting.Limits limits) throws Refused {
        return switch (purpose) {
            case Purpose.TextEmbedding _ -> texts(items(given, "text", limits), limits);
            case Purpose.ImageClassification _ ->
                    items(given, "image", limits).stream()
                            .<ModelInput>map(ModelInput.Image::new)
                            .toList();
            case Purpose.FileType _ ->
                    items(given, "file", limits).stream()
                            .<ModelInput>map(ModelInput.File::new)
                            .toList();
            case Purpose.VoiceActivity _ -> {
                float[] samples = floats(given, "samples");
                if (samples.length == 0) {
                    throw bad("input samples is empty");
                }
                float[] state = given.containsKey("state") ? floats(given, "state") : NOTHING;
                yield List.of(
                        new ModelInput.Sound(
                                samples,
                                state.length == 0 ? Optional.empty() : Optional.of(state)));
            }
            case Purpose.Tensors _ -> List.of(new ModelInput.Tensors(tensors(given)));
        };
    }

    private List<Tensor> tensors(Map<String, Value> given) throws Refused {
        List<Tensor> tensors = new ArrayList<>();
        for (Port port : inputs) {
            if (given.get(port.name()) instanceof Value.Numbers(Tensor tensor)) {
                if (tensor.shape().contains(0L)) {
                    throw bad(
                            "input %s is empty: its shape is %s"
                                    .formatted(port.name(), tensor.shape()));
                }
                tensors.add(tensor);
            }
        }
        return tensors;
    }

    private static List<byte[]> items(Map<String, Value> given, String name, Setting.Limits limits)
            throws Refused {
        if (!(given.get(name) instanceof Value.Strings strings)) {
            throw new IllegalStateException(
                    "this is a bug: input %s was not checked".formatted(name));
        }
        if (strings.items().size() > limits.items()) {
            throw bad(
                    "input %s has %d entries, may have %d"
                            .formatted(name, strings.items().size(), limits.items()));
        }
        return strings.items();
    }

    private static List<ModelInput> texts(List<byte[]> items, Setting.Limits limits)
            throws Refused {
        List<ModelInput> texts = new ArrayList<>(items.size());
        for (byte[] item : items) {
            String place = "text[" + texts.size() + "]";
            String text = StrictJson.text(ByteBuffer.wrap(item), place).toString();
            if (text.length() > limits.textChars()) {
                throw bad(
                        "%s has %d characters, may have %d"
                                .formatted(place, text.length(), limits.textChars()));
            }
            texts.add(new ModelInput.Text(text));
        }
        return texts;
    }

    private static float[] floats(Map<String, Value> given, String name) throws Refused {
        if (!(given.get(name) instanceof Value.Numbers(Tensor tensor))) {
            throw new IllegalStateException(
                    "this is a bug: input %s was not checked".formatted(name));
        }
        float[] values = new float[tensor.data().remaining() / Float.BYTES];
        tensor.data().asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw bad("input %s: element %d is no finite number".formatted(name, i));
            }
        }
        return values;
    }

    /// What the model gave, one value for each of [#outputs], in their order.
    List<Value> write(List<ModelOutput> given) {
        return switch (purpose) {
            case Purpose.TextEmbedding(int dimension) ->
                    rows("embedding", dimension, given.stream().map(Spoken::vector));
            case Purpose.ImageClassification(List<String> all) ->
                    rows("probabilities", all.size(), given.stream().map(Spoken::probabilities));
            case Purpose.FileType(List<String> all) ->
                    rows("probabilities", all.size(), given.stream().map(Spoken::probabilities));
            case Purpose.VoiceActivity _ -> {
                var speech = given.getFirst().as(ModelOutput.Speech.class);
                float[] frames = speech.probabilities();
                float[] state = speech.state();
                yield List.of(
                        Value.Numbers.of("probabilities", List.of((long) frames.length), frames),
                        Value.Numbers.of("state", List.of((long) state.length), state));
            }
            case Purpose.Tensors _ ->
                    given.getFirst().as(ModelOutput.Tensors.class).tensors().stream()
                            .<Value>map(Value.Numbers::new)
                            .toList();
        };
    }

    private static float[] vector(ModelOutput output) {
        return output.as(ModelOutput.Embedding.class).vector();
    }

    private static float[] probabilities(ModelOutput output) {
        return output.as(ModelOutput.Classes.class).probabilities();
    }

    private static List<Value> rows(String name, int width, Stream<float[]> given) {
        float[][] rows = given.toArray(float[][]::new);
        return List.of(Value.Numbers.of(name, List.of((long) rows.length, (long) width), rows));
    }

    /// The most probable labels in place of probabilities, as Triton's classification extension spells them:
    /// `score:place:label`.
    Value classes(Value probabilities, int most) {
        var numbers = (Value.Numbers) probabilities;
        int width = labels.size();
        int each = Math.min(most, width);
        List<byte[]> items = new ArrayList<>();
        var data = numbers.tensor().data().asFloatBuffer();
        while (data.hasRemaining()) {
            float[] row = new float[width];
            data.get(row);
            for (int place : Labelled.best(row, each)) {
                items.add(
                        "%s:%d:%s"
                                .formatted(row[place], place, labels.get(place))
                                .getBytes(StandardCharsets.UTF_8));
            }
        }
        long rows = numbers.shape().getFirst();
        return new Value.Strings(probabilities.name(), List.of(rows, (long) each), items);
    }
}
