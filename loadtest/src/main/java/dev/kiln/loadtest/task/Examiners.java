package dev.kiln.loadtest.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.loadtest.quality.Frames;
import dev.kiln.loadtest.quality.Judged;
import dev.kiln.loadtest.quality.LabelledFiles;
import dev.kiln.loadtest.quality.LabelledPictures;
import dev.kiln.loadtest.quality.LabelledSounds;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.task.ThingExaminer.Course;
import dev.kiln.loadtest.task.ThingExaminer.Thing;
import dev.kiln.loadtest.task.ThingExaminer.Truth;
import dev.kiln.loadtest.traffic.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Makes examiners of things. The seed decides the things; their order is the timetable's.
public final class Examiners {
    private static final String BYTES = "application/octet-stream";

    /// So many of each label.
    private static final int EACH = 4;

    private static final int CLIPS = 24;
    private static final int MOST_FILES = 10_000;

    /// Single precision in another order of additions moves a probability by far less.
    private static final double TOLERANCE = 1e-3;

    /// The shipped detector moves by up to 0.015 with the company in a batch, as its package does.
    private static final double FILES_TOLERANCE = 0.02;

    private Examiners() {}

    /// Pictures drawn here, in three sizes.
    ///
    /// @param model the name that receipts must carry; empty takes any
    public static Examiner pictures(long seed, String model) {
        var drawn = new LabelledPictures(seed);
        var reading = new LabelReading();
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < EACH * LabelledPictures.LABELS.size(); i++) {
            int size = i % 3;
            LabelledPictures.Labelled picture = drawn.next(40 + 28 * size);
            things.add(
                    labelled(
                            "%s %d".formatted(picture.label(), i),
                            picture.png(),
                            "image/png",
                            new Label(size, picture.label(), reading)));
        }
        return classifier(Subject.IMAGE_CLASSIFICATION, model, reading, things);
    }

    /// Files written here.
    public static Examiner files(long seed, String model) {
        var written = new LabelledFiles(seed);
        var reading = new LabelReading();
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < EACH * LabelledFiles.TYPES.size(); i++) {
            LabelledFiles.Labelled file = written.next();
            int length = file.bytes().length;
            int size = length < 600 ? 0 : length < 1500 ? 1 : 2;
            things.add(
                    labelled(
                            "%s %d".formatted(file.type(), i),
                            file.bytes(),
                            BYTES,
                            new Label(size, file.type(), reading)));
        }
        return classifier(Subject.FILE_TYPE, model, reading, things);
    }

    /// Things of a user's own, in folders named by their labels.
    ///
    /// @throws IOException if there are none; the message names the folder
    public static Examiner folder(Subject subject, Path folder, String model) throws IOException {
        var reading = new LabelReading();
        List<Thing> things = new ArrayList<>();
        for (Path file : below(folder)) {
            String label = String.valueOf(folder.relativize(file).getName(0));
            String media = subject == Subject.FILE_TYPE ? BYTES : picture(file);
            int size = things.size() % 3;
            things.add(
                    labelled(
                            String.valueOf(folder.relativize(file)),
                            Files.readAllBytes(file),
                            media,
                            new Label(size, label, reading)));
        }
        if (things.size() < 3) {
            throw new IOException(
                    "%s must hold at least 3 files, each in a folder that is named by its label"
                            .formatted(folder));
        }
        return classifier(subject, model, reading, things);
    }

    private static List<Path> below(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder);
        }
        try (Stream<Path> all = Files.walk(folder, 2)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> folder.relativize(file).getNameCount() == 2)
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        }
    }

    private static String picture(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".png") ? "image/png" : "image/jpeg";
    }

    /// Sounds made here, of one to four seconds.
    public static Examiner sounds(long seed, String model) {
        var made = new LabelledSounds(seed);
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < CLIPS; i++) {
            int size = i % 3;
            LabelledSounds.Labelled clip = made.next(1.5 * (size + 1));
            Frames truth = clip.truth();
            things.add(
                    new Thing(
                            Question.thing("clip " + i, clip.wav(), "audio/wav"),
                            size,
                            "",
                            numbers -> new Judged.Heard(numbers, truth)));
        }
        return new ThingExaminer(
                new Course(
                        Subject.VOICE_ACTIVITY,
                        model,
                        Examiners::heard,
                        TOLERANCE,
                        things,
                        Optional.empty()));
    }

    private static float[] heard(byte[] body) throws IOException {
        JsonNode tree = Reading.Json.tree(body);
        double frame = tree.path("frame_seconds").asDouble(0) * LabelledSounds.RATE;
        if (Math.round(frame) != LabelledSounds.FRAME) {
            throw new IOException("frames of another length");
        }
        JsonNode list = tree.path("probabilities");
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Reading.Json.number(list.get(i));
        }
        return numbers;
    }

    /// Tensors of a file of golden samples.
    ///
    /// @throws IOException if it holds none; the message names the file
    public static Examiner tensors(Path golden, String model) throws IOException {
        List<Golden> samples = Golden.read(golden);
        List<Thing> things = new ArrayList<>();
        double largest = 1;
        for (int i = 0; i < samples.size(); i++) {
            Golden sample = samples.get(i);
            float[] numbers = sample.numbers();
            for (float number : numbers) {
                largest = Math.max(largest, Math.abs(number));
            }
            things.add(
                    new Thing(
                            Question.thing("sample " + i, sample.body(), "application/json"),
                            i % 3,
                            "",
                            values -> new Judged.Compared(values, numbers)));
        }
        return new ThingExaminer(
                new Course(
                        Subject.TENSORS,
                        model,
                        samples.getFirst().reading(),
                        TOLERANCE * largest,
                        things,
                        Optional.empty()));
    }

    /// What is known of a thing to be classified.
    private record Label(int size, String label, LabelReading reading) {
        Truth truth() {
            return numbers -> new Judged.Classified(numbers, reading.index(label));
        }
    }

    private static Thing labelled(String name, byte[] bytes, String media, Label label) {
        return new Thing(
                Question.thing(name, bytes, media), label.size(), label.label(), label.truth());
    }

    private static Examiner classifier(
            Subject subject, String model, LabelReading reading, List<Thing> things) {
        double tolerance = subject == Subject.FILE_TYPE ? FILES_TOLERANCE : TOLERANCE;
        return new ThingExaminer(
                new Course(subject, model, reading, tolerance, things, Optional.of(reading)));
    }

    /// Where a task is asked by default, with the options that its judging needs.
    ///
    /// @param model asked by name; empty for the only one
    public static String path(Subject subject, String model) {
        UnaryOperator<String> naming = query -> model.isEmpty() ? query : query + "&model=" + model;
        return switch (subject) {
            case EMBEDDING -> "/v1/embeddings";
            case IMAGE_CLASSIFICATION -> naming.apply("/v1/image-classification?top_k=1000000");
            case FILE_TYPE -> naming.apply("/v1/file-type?top_k=1000000");
            case VOICE_ACTIVITY ->
                    "/v1/voice-activity-detection" + (model.isEmpty() ? "" : "?model=" + model);
            case TENSORS -> "/v2/models/%s/infer".formatted(model);
        };
    }
}
