package dev.kiln.server.task;

import dev.kiln.core.Task;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.Tensor;
import dev.kiln.core.model.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A model of any purpose that can be followed by hand. Texts become their length; images and files are of the class
/// that their first byte says; a frame of sound is as loud as its loudest sample, and the state is the sum of all that
/// was heard; tensors come back as they went in.
public final class ToyModel implements ModelAdapter {
    public static final ModelInfo TEXT = info("lengths", new Purpose.TextEmbedding(2));
    public static final ModelInfo IMAGE =
            info("shapes", new Purpose.ImageClassification(List.of("circle", "square", "star")));
    public static final ModelInfo FILE =
            info("types", new Purpose.FileType(List.of("text", "png", "wav", "zip")));
    public static final ModelInfo SOUND = info("ears", new Purpose.VoiceActivity(8000, 4));
    public static final ModelInfo TENSORS =
            info(
                    "mirror",
                    new Purpose.Tensors(
                            List.of(
                                    new TensorSpec("grid", DType.FP32, List.of(-1L, 2L)),
                                    new TensorSpec("ids", DType.INT64, List.of(-1L)),
                                    new TensorSpec("halves", DType.FP16, List.of(-1L))),
                            List.of(
                                    new TensorSpec("grid", DType.FP32, List.of(-1L, 2L)),
                                    new TensorSpec("ids", DType.INT64, List.of(-1L)),
                                    new TensorSpec("halves", DType.FP16, List.of(-1L)))));
    public static final ModelInfo SQUARE =
            info(
                    "square",
                    new Purpose.Tensors(
                            List.of(new TensorSpec("x", DType.FP32, List.of(-1L, 2L))),
                            List.of(new TensorSpec("x", DType.FP32, List.of(-1L, 2L)))));
    public static final List<ModelInfo> ALL = List.of(TEXT, IMAGE, FILE, SOUND, TENSORS, SQUARE);

    private final ModelInfo info;

    public ToyModel(ModelInfo info) {
        this.info = info;
    }

    static ModelInfo info(String name, Purpose purpose) {
        var device = new ModelInfo.Device("cpu", "cpu", "cpu");
        return new ModelInfo(name, "ab".repeat(32), "onnxruntime-1.29.0", purpose, device);
    }

    /// What the model of this name makes of a question's inputs.
    static List<ModelOutput> answers(Task.Question question) {
        for (ModelInfo info : ALL) {
            if (info.name().equals(question.model())) {
                var model = new ToyModel(info);
                return question.inputs().stream().map(model::output).toList();
            }
        }
        return List.of();
    }

    private record Item(ModelInput input) implements Prepared {
        @Override
        public int cost() {
            return 1;
        }
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public Prepared prepare(ModelInput input) {
        return new Item(input);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) {
        List<ModelOutput> outputs = new ArrayList<>();
        for (Prepared item : batch) {
            outputs.add(output(((Item) item).input()));
        }
        return outputs;
    }

    private ModelOutput output(ModelInput input) {
        return switch (input) {
            case ModelInput.Text(String text) ->
                    new ModelOutput.Embedding(new float[] {text.length(), 0.5f}, 1, false);
            case ModelInput.Image(byte[] bytes) -> classes(bytes);
            case ModelInput.File(byte[] bytes) -> classes(bytes);
            case ModelInput.Sound sound -> speech(sound);
            case ModelInput.Tensors(List<Tensor> tensors) -> new ModelOutput.Tensors(tensors);
        };
    }

    private ModelOutput classes(byte[] bytes) {
        int many =
                info.purpose() instanceof Purpose.ImageClassification(List<String> labels)
                        ? labels.size()
                        : 4;
        float[] probabilities = new float[many];
        Arrays.fill(probabilities, 0.25f / many);
        probabilities[Math.floorMod(bytes[0], many)] = 0.75f;
        return new ModelOutput.Classes(probabilities);
    }

    private static ModelOutput speech(ModelInput.Sound sound) {
        float[] frames = new float[(sound.samples().length + 3) / 4];
        float sum = sound.state().map(state -> state[0]).orElse(0f);
        for (int i = 0; i < sound.samples().length; i++) {
            frames[i / 4] = Math.max(frames[i / 4], Math.abs(sound.samples()[i]));
            sum += sound.samples()[i];
        }
        return new ModelOutput.Speech(frames, new float[] {sum});
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public void close() {}
}
