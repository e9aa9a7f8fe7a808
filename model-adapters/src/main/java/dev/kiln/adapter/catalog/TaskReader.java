package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.Labels;
import dev.kiln.adapter.catalog.Manifest.Task;
import dev.kiln.adapter.kind.FileTypeSettings;
import dev.kiln.adapter.kind.ImageSettings;
import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.kind.VoiceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what a `model.yaml` says about its task.
///
/// @param root the whole file
/// @param files those that it pins
record TaskReader(Fields root, Map<String, String> files) {
    private static final int MAX_DIMENSION = 16_384;
    private static final int MAX_TOKENS = 8_192;
    private static final int MAX_PIXELS = 1 << 26;
    private static final int MAX_SIDE = 4_096;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_RATE = 192_000;

    private enum Name {
        TEXT_EMBEDDING,
        IMAGE_CLASSIFICATION,
        FILE_TYPE,
        VOICE_ACTIVITY,
        TENSORS
    }

    Task task() {
        return switch (root.word("task", Name.class, Name.TENSORS)) {
            case TEXT_EMBEDDING -> text();
            case IMAGE_CLASSIFICATION -> image();
            case FILE_TYPE -> fileType();
            case VOICE_ACTIVITY -> voice();
            case TENSORS -> new Task.Tensors();
        };
    }

    private Task text() {
        if (!root.has("pooling")) {
            root.problem("pooling", "  is missing");
        }
        return new Task.TextEmbedding(
                ManifestReader.one(root, files, "tokenizer.json"),
                root.word("pooling", Pooling.class, Pooling.MEAN),
                root.whole("dimension", 1, MAX_DIMENSION),
                root.whole("max-tokens", 3, MAX_TOKENS));
    }

    private Task image() {
        Fields image =
                root.inside("image")
                        .knowing(
                                List.of(
                                        "size",
                                        "mean",
                                        "std",
                                        "layout",
                                        "resize",
                                        "softmax",
                                        "labels",
                                        "max-pixels",
                                        "background"));
        List<Double> size = size(image);
        List<Double> mean = image.numbers("mean");
        List<Double> std = image.numbers("std");
        if ((mean.size() != 1 && mean.size() != 3)
                || std.size() != mean.size()
                || std.contains(0.0)) {
            image.problem(
                    "mean",
                    "  and std must hold 1 number each for grey or 3 for colours, std none of them 0");
        }
        var settings =
                new ImageSettings(
                        size.get(0).intValue(),
                        size.get(1).intValue(),
                        mean,
                        std,
                        image.word("layout", ImageSettings.Layout.class, ImageSettings.Layout.NCHW),
                        image.word(
                                "resize", ImageSettings.Resize.class, ImageSettings.Resize.STRETCH),
                        image.truth("softmax", false),
                        List.of(),
                        decoding(image));
        return new Task.ImageClassification(settings, labels(image));
    }

    private static List<Double> size(Fields image) {
        List<Double> size = image.numbers("size");
        if (size.size() != 2
                || size.stream()
                        .anyMatch(side -> side != Math.rint(side) || side < 1 || side > MAX_SIDE)) {
            image.problem("size", "  must be [width, height], whole numbers from 1 to " + MAX_SIDE);
            return List.of(1.0, 1.0);
        }
        return size;
    }

    private static ImageSettings.Decoding decoding(Fields image) {
        var defaults = ImageSettings.Decoding.DEFAULT;
        return new ImageSettings.Decoding(
                image.has("max-pixels")
                        ? image.whole("max-pixels", 1, MAX_PIXELS)
                        : defaults.maxPixels(),
                image.has("background")
                        ? image.whole("background", 0, 0xFFFFFF)
                        : defaults.background());
    }

    private Task fileType() {
        Fields type =
                root.inside("file-type")
                        .knowing(
                                List.of(
                                        "begin",
                                        "end",
                                        "block",
                                        "padding-token",
                                        "min-bytes",
                                        "labels"));
        var settings =
                new FileTypeSettings(
                        type.whole("begin", 0, MAX_BYTES),
                        type.whole("end", 0, MAX_BYTES),
                        type.whole("block", 1, MAX_BYTES),
                        type.whole("padding-token", 256, Integer.MAX_VALUE),
                        type.whole("min-bytes", 0, MAX_BYTES),
                        List.of());
        return new Task.FileType(settings, labels(type));
    }

    private Task voice() {
        Fields voice =
                root.inside("voice")
                        .knowing(List.of("rate", "frame", "context", "rate-input", "state"));
        int frame = voice.whole("frame", 1, MAX_RATE);
        return new Task.VoiceActivity(
                new VoiceSettings(
                        voice.whole("rate", 1, MAX_RATE),
                        frame,
                        voice.has("context") ? voice.whole("context", 0, frame) : 0,
                        voice.optionalText("rate-input"),
                        voice.has("state") ? Optional.of(state(voice)) : Optional.empty()));
    }

    private static VoiceSettings.State state(Fields voice) {
        Fields state = voice.inside("state").knowing(List.of("input", "output", "shape"));
        List<Long> shape = state.axes("shape");
        if (shape.stream().filter(axis -> axis == -1).count() != 1) {
            state.problem("shape", " = %s  must have one axis of -1, the batch".formatted(shape));
        }
        return new VoiceSettings.State(state.text("input"), state.text("output"), shape);
    }

    private Labels labels(Fields section) {
        if (section.at("labels").isArray()) {
            List<String> stated = section.texts("labels");
            if (stated.size() < 2) {
                section.problem("labels", "  must be at least two");
            }
            return new Labels(stated, Optional.empty());
        }
        String file = section.text("labels");
        if (!file.isEmpty() && !files.containsKey(file)) {
            section.problem(
                    "labels",
                    " = \"%s\"  must be a list or a file pinned in files".formatted(file));
        }
        return new Labels(List.of(), Optional.of(file));
    }
}
