package dev.kiln.server.rotation;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.swap.Quality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Samples whose answers are known, by which two models are judged. Of texts: a file with a pair a line, `1` or `0`
/// for whether they belong together, and the two texts last, with tabs between. Of images and files: a folder with a
/// folder for each label.
final class Labelled {
    private static final int MOST = 1_000;
    private static final long LARGEST = 4 << 20;

    private Labelled() {}

    /// Those that a model's own folder brings: `labelled.tsv`, or `labelled/`; none where it brings none.
    static List<Quality.Sample> of(String source, Purpose purpose) throws NotDone {
        for (String name : List.of("labelled.tsv", "labelled")) {
            Optional<Path> place = below(source, name);
            if (place.isPresent()) {
                return at(place.get(), purpose);
            }
        }
        return List.of();
    }

    private static Optional<Path> below(String source, String name) {
        try {
            return Optional.of(Path.of(source).resolve(name)).filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /// Those of a place that the operator names.
    static List<Quality.Sample> at(Path place, Purpose purpose) throws NotDone {
        try {
            return switch (purpose) {
                case Purpose.TextEmbedding _ -> pairs(place);
                case Purpose.ImageClassification(List<String> labels) ->
                        files(place, labels, ModelInput.Image::new);
                case Purpose.FileType(List<String> labels) ->
                        files(place, labels, ModelInput.File::new);
                case Purpose.VoiceActivity _, Purpose.Tensors _ ->
                        throw new NotDone(
                                "a model of this purpose cannot be judged by labelled samples: "
                                        + purpose);
            };
        } catch (IOException e) {
            throw new NotDone("the labelled samples cannot be read: " + e);
        }
    }

    private static List<Quality.Sample> pairs(Path file) throws IOException, NotDone {
        List<Quality.Sample> pairs = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> columns = List.of(line.split("\t", -1));
            if (columns.size() < 3 || !columns.getFirst().matches("[01]")) {
                throw new NotDone(
                        "%s: a line is 1 or 0 and two texts, with tabs between, was: %s"
                                .formatted(file, line));
            }
            String one = columns.get(columns.size() - 2);
            pairs.add(
                    new Quality.Sample(
                            List.of(
                                    new ModelInput.Text(one),
                                    new ModelInput.Text(columns.getLast())),
                            Integer.parseInt(columns.getFirst())));
        }
        return bounded(file, pairs);
    }

    private static List<Quality.Sample> files(
            Path folder, List<String> labels, Function<byte[], ModelInput> input)
            throws IOException, NotDone {
        List<Quality.Sample> samples = new ArrayList<>();
        for (Path of : below(folder)) {
            int label = labels.indexOf(String.valueOf(of.getFileName()));
            if (label < 0) {
                throw new NotDone("%s is no label of this model; it has %s".formatted(of, labels));
            }
            for (Path file : below(of)) {
                if (Files.size(file) > LARGEST) {
                    throw new NotDone("%s is larger than 4 MiB".formatted(file));
                }
                ModelInput content = input.apply(Files.readAllBytes(file));
                samples.add(new Quality.Sample(List.of(content), label));
                if (samples.size() > MOST) {
                    return bounded(folder, samples);
                }
            }
        }
        return bounded(folder, samples);
    }

    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private static List<Quality.Sample> bounded(Path place, List<Quality.Sample> samples)
            throws NotDone {
        if (samples.isEmpty() || samples.size() > MOST) {
            throw new NotDone(
                    "%s holds %s labelled samples; from 1 to %d are taken"
                            .formatted(place, samples.isEmpty() ? "no" : "too many", MOST));
        }
        return samples;
    }
}
