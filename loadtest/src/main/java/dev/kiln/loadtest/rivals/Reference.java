package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.miner.MinerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What each text's vector is, from a program that shares nothing with any server: `reference.py` runs each text alone.
final class Reference {
    private Reference() {}

    /// The vector of each text.
    static Map<String, float[]> vectors(Exhibit exhibit, Workshop workshop)
            throws MinerException, IOException, InterruptedException {
        Path python = workshop.python("fastapi");
        if (!Files.isExecutable(python)
                || !Files.isRegularFile(exhibit.folder().resolve("model.yaml"))) {
            throw new MinerException(
                    "the models and their reference are missing; make them with loadtest/rivals/setup fastapi",
                    "");
        }
        Path texts = Files.createTempFile("kiln-texts-", ".txt");
        Path said = Files.createTempFile("kiln-vectors-", ".txt");
        Path log = Files.createTempFile("kiln-reference-", ".log");
        try {
            Files.write(texts, exhibit.texts());
            Process process =
                    new ProcessBuilder(
                                    python.toString(),
                                    "reference.py",
                                    "--folder",
                                    exhibit.folder().toAbsolutePath().toString())
                            .directory(workshop.scripts().toFile())
                            .redirectInput(texts.toFile())
                            .redirectOutput(said.toFile())
                            .redirectError(log.toFile())
                            .start();
            if (process.waitFor() != 0) {
                throw new MinerException("the reference failed", Files.readString(log));
            }
            return read(exhibit.texts(), Files.readAllLines(said, StandardCharsets.US_ASCII));
        } finally {
            Files.delete(texts);
            Files.delete(said);
            Files.delete(log);
        }
    }

    static Map<String, float[]> read(List<String> texts, List<String> lines) throws MinerException {
        if (lines.size() != texts.size()) {
            throw new MinerException(
                    "the reference gave %d vectors for %d texts"
                            .formatted(lines.size(), texts.size()),
                    "");
        }
        Map<String, float[]> vectors = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            double[] numbers =
                    Arrays.stream(lines.get(i).split(" "))
                            .mapToDouble(Double::parseDouble)
                            .toArray();
            var vector = new float[numbers.length];
            for (int j = 0; j < vector.length; j++) {
                vector[j] = (float) numbers[j];
            }
            vectors.put(texts.get(i), vector);
        }
        return vectors;
    }
}
