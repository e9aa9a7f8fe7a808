package dev.kiln.adapter.bench;

import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the raw loop runs again and again, held in memory as callers send it: bytes become samples each time anew.
final class RawInputs {
    /// One input, made ready for the adapter.
    @FunctionalInterface
    interface RawInput {
        ModelInput get();
    }

    private RawInputs() {}

    /// Reads the inputs for models of one purpose.
    ///
    /// @param place for texts a file with one a line; else a folder with a file for each input: JPEG or PNG, any bytes,
    ///     or sound as 16-bit little-endian samples
    static List<RawInput> read(Path place, Purpose purpose) throws IOException {
        List<RawInput> inputs = new ArrayList<>();
        switch (purpose) {
            case Purpose.TextEmbedding _ ->
                    Files.readAllLines(place)
                            .forEach(text -> inputs.add(() -> new ModelInput.Text(text)));
            case Purpose.ImageClassification _ -> {
                for (byte[] bytes : files(place)) {
                    inputs.add(() -> new ModelInput.Image(bytes));
                }
            }
            case Purpose.FileType _ -> {
                for (byte[] bytes : files(place)) {
                    inputs.add(() -> new ModelInput.File(bytes));
                }
            }
            case Purpose.VoiceActivity _ -> {
                for (byte[] bytes : files(place)) {
                    inputs.add(() -> new ModelInput.Sound(samples(bytes), Optional.empty()));
                }
            }
            case Purpose.Tensors _ ->
                    throw new IOException("raw tensors have no inputs that lie in files");
        }
        if (inputs.isEmpty()) {
            throw new IOException(place + " holds no inputs");
        }
        return inputs;
    }

    private static List<byte[]> files(Path folder) throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.sorted().toList()) {
                files.add(Files.readAllBytes(file));
            }
        }
        return files;
    }

    /// Piece by piece, in plain loops that the compiler makes wide.
    private static float[] samples(byte[] pcm) {
        ShortBuffer in = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        float[] samples = new float[in.remaining()];
        short[] piece = new short[1024];
        for (int start = 0; start < samples.length; start += piece.length) {
            int length = Math.min(piece.length, samples.length - start);
            in.get(piece, 0, length);
            for (int i = 0; i < length; i++) {
                samples[start + i] = piece[i] * (1 / 32_768f);
            }
        }
        return samples;
    }
}
