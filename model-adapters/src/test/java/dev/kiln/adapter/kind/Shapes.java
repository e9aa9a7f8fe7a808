package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.onnx.OnnxEngine;
import dev.kiln.adapter.onnx.OnnxGraph;
import dev.kiln.adapter.pytorch.TorchEngine;
import dev.kiln.adapter.pytorch.TorchFace;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The image classifiers of this repository, and pictures they never saw (`models/train/heldout.py`).
final class Shapes {
    static final Map<String, byte[]> PICTURES = Zip.files("/shapes/heldout.zip");

    static final List<String> LABELS =
            List.of(
                    "circle",
                    "ring",
                    "triangle",
                    "square",
                    "star",
                    "plus",
                    "arrow",
                    "crescent",
                    "letter-a",
                    "letter-e",
                    "letter-h",
                    "letter-k",
                    "letter-r",
                    "letter-s",
                    "letter-z",
                    "digit-4");

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
    private static final List<Double> QUARTER = List.of(0.25, 0.25, 0.25);

    private Shapes() {}

    static KindAdapter<ImageClassifier.Item> onnx(String model) throws IOException, ModelFault {
        return adapter(OnnxEngine.open(OnnxGraph.alone(Fetched.own(model, "model.onnx"))));
    }

    static KindAdapter<ImageClassifier.Item> torch(String model) throws IOException, ModelFault {
        var pixels = new TensorSpec("pixels", DType.FP32, List.of(-1L, 3L, 64L, 64L));
        var scores =
                new TensorSpec("probabilities", DType.FP32, List.of(-1L, (long) LABELS.size()));
        var face = new TorchFace("forward", List.of(pixels), Set.of(), List.of(scores));
        MemorySegment archive = MemorySegment.ofBuffer(Fetched.own(model, "model.pt"));
        return adapter(TorchEngine.open(archive, face, 2, natives()));
    }

    static Path natives() {
        return Path.of("target", "natives").toAbsolutePath();
    }

    private static KindAdapter<ImageClassifier.Item> adapter(Engine engine) throws ModelFault {
        var settings =
                new ImageSettings(
                        64,
                        64,
                        HALF,
                        QUARTER,
                        ImageSettings.Layout.NCHW,
                        ImageSettings.Resize.STRETCH,
                        false,
                        LABELS,
                        ImageSettings.Decoding.DEFAULT);
        return KindAdapter.open(
                new ImageClassifier(settings),
                engine,
                new KindAdapter.Identity("shapes", "0".repeat(64), "cpu"),
                List.of());
    }

    /// What a held-out picture shows.
    static String label(String file) {
        return file.substring(0, file.lastIndexOf('-'));
    }

    static int best(float[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        return best;
    }
}
