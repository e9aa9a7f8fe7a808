package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.EngineSection;
import dev.kiln.adapter.catalog.Manifest.Labels;
import dev.kiln.adapter.catalog.Manifest.Task;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.kind.FileTypeDetector;
import dev.kiln.adapter.kind.FileTypeSettings;
import dev.kiln.adapter.kind.ImageClassifier;
import dev.kiln.adapter.kind.ImageSettings;
import dev.kiln.adapter.kind.Kind;
import dev.kiln.adapter.kind.KindAdapter;
import dev.kiln.adapter.kind.RawTensors;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.adapter.kind.TextEmbedder;
import dev.kiln.adapter.kind.VoiceDetector;
import dev.kiln.adapter.onnx.EmbedderSpec;
import dev.kiln.adapter.onnx.OnnxEmbedder;
import dev.kiln.adapter.onnx.OnnxEngine;
import dev.kiln.adapter.pytorch.TorchEngine;
import dev.kiln.adapter.pytorch.TorchFace;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Makes an adapter of a model's files: one task on one engine. A new task or engine is a new case here.
///
/// @param files verified; needed only while this works
/// @param natives where native libraries are unpacked
/// @param proved whether the golden samples have to come out right
record ModelMaker(ModelSettings settings, ModelFiles files, Path natives, boolean proved) {
    ModelAdapter make() throws ModelFault, IOException {
        EngineSection engine = files.manifest().engine();
        return switch (files.manifest().task()) {
            case Task.TextEmbedding text ->
                    switch (engine.kind()) {
                        case ONNX -> onnxEmbedder(text);
                        case PYTORCH ->
                                joined(
                                        new TextEmbedder(
                                                tokenizer(text), text.pooling(), text.dimension()));
                    };
            case Task.ImageClassification(ImageSettings image, Labels labels) ->
                    joined(new ImageClassifier(labelled(image, words(labels))));
            case Task.FileType(FileTypeSettings type, Labels labels) ->
                    joined(new FileTypeDetector(labelled(type, words(labels))));
            case Task.VoiceActivity voice -> joined(new VoiceDetector(voice.settings()));
            case Task.Tensors _ -> rawTensors();
        };
    }

    private Engine engine() throws ModelFault {
        EngineSection engine = files.manifest().engine();
        return switch (engine.kind()) {
            case ONNX ->
                    Declared.checked(OnnxEngine.open(files.graph(), settings.device()), engine);
            case PYTORCH ->
                    TorchEngine.open(
                            files.segment(engine.weights()),
                            new TorchFace(
                                    engine.method(),
                                    engine.inputs(),
                                    engine.numbers(),
                                    engine.outputs()),
                            settings.engineThreads(),
                            natives,
                            settings.device());
        };
    }

    /// The embedder that batches and pads in memory of its own: the fastest way, and the one that is measured.
    private ModelAdapter onnxEmbedder(Task.TextEmbedding text) throws ModelFault, IOException {
        var spec =
                new EmbedderSpec(
                        settings.name(),
                        files.manifest().sha256(),
                        text.dimension(),
                        text.pooling(),
                        settings.device(),
                        settings.engineThreads(),
                        golden(new Purpose.TextEmbedding(text.dimension())));
        return OnnxEmbedder.open(files.graph(), tokenizer(text), spec);
    }

    private ModelAdapter rawTensors() throws ModelFault {
        Engine engine = engine();
        return joined(new RawTensors(engine.inputs(), engine.outputs()), engine);
    }

    private <P extends Prepared> ModelAdapter joined(Kind<P> kind) throws ModelFault {
        boolean opened = false;
        try {
            Engine engine = engine();
            opened = true;
            return joined(kind, engine);
        } finally {
            if (!opened) {
                kind.close();
            }
        }
    }

    private <P extends Prepared> ModelAdapter joined(Kind<P> kind, Engine engine)
            throws ModelFault {
        List<Sample> golden;
        boolean read = false;
        try {
            golden = golden(kind.purpose());
            read = true;
        } finally {
            if (!read) {
                engine.close();
                kind.close();
            }
        }
        var identity =
                new KindAdapter.Identity(
                        settings.name(), files.manifest().sha256(), settings.device());
        return KindAdapter.open(kind, engine, identity, golden);
    }

    private List<Sample> golden(Purpose purpose) throws ModelFault {
        return proved ? new GoldenSamples(files, purpose).all() : List.of();
    }

    private TextTokenizer tokenizer(Task.TextEmbedding text) throws IOException {
        try {
            return TextTokenizer.open(files.bytes(text.tokenizer()), settings.maxTokens(), natives);
        } catch (IOException e) {
            throw new IOException(text.tokenizer() + "  " + e.getMessage(), e);
        }
    }

    private List<String> words(Labels labels) throws IOException {
        if (labels.file().isEmpty()) {
            return labels.stated();
        }
        String name = labels.file().get();
        List<String> words =
                new String(files.bytes(name), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList();
        if (words.size() < 2) {
            throw new IOException(
                    name
                            + "  holds %d labels, must hold one a line, at least two"
                                    .formatted(words.size()));
        }
        return words;
    }

    private static ImageSettings labelled(ImageSettings image, List<String> labels) {
        return new ImageSettings(
                image.width(),
                image.height(),
                image.mean(),
                image.std(),
                image.layout(),
                image.resize(),
                image.softmax(),
                labels,
                image.decoding());
    }

    private static FileTypeSettings labelled(FileTypeSettings type, List<String> labels) {
        return new FileTypeSettings(
                type.begin(),
                type.end(),
                type.block(),
                type.paddingToken(),
                type.minBytes(),
                labels);
    }
}
