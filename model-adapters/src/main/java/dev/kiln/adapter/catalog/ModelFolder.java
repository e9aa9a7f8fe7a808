package dev.kiln.adapter.catalog;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A folder of the operator's with a `model.yaml` and the files that it names.
final class ModelFolder {
    private static final String MANIFEST = "model.yaml";
    private static final long MAX_MANIFEST_BYTES = 64 * 1024;

    private final Path folder;
    private final List<String> problems = new ArrayList<>();

    private ModelFolder(Path folder) {
        this.folder = folder;
    }

    /// Reads the manifest and verifies every file it names.
    static ModelFiles open(Path folder) throws ModelLoadException {
        return new ModelFolder(folder).open();
    }

    private ModelFiles open() throws ModelLoadException {
        Path place = folder.resolve(MANIFEST);
        Manifest manifest = ManifestReader.read(place.toString(), text(place));
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            Map<String, MemorySegment> content = new HashMap<>();
            manifest.files()
                    .forEach((name, sha256) -> content.put(name, verified(name, sha256, arena)));
            if (!problems.isEmpty()) {
                throw new ModelLoadException(place.toString(), problems);
            }
            opened = true;
            return new ModelFiles(place.toString(), manifest, arena, content);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static String text(Path place) throws ModelLoadException {
        try {
            if (Files.size(place) > MAX_MANIFEST_BYTES) {
                throw new ModelLoadException(
                        place.toString(),
                        List.of(
                                "%d bytes, at most %d"
                                        .formatted(Files.size(place), MAX_MANIFEST_BYTES)));
            }
            return Files.readString(place);
        } catch (NoSuchFileException e) {
            String problem =
                    "no such file; a source is embedded:minilm or a folder with a model.yaml";
            throw new ModelLoadException(place.toString(), problem, e);
        } catch (IOException e) {
            throw new ModelLoadException(place.toString(), "cannot be read as UTF-8 text: " + e, e);
        }
    }

    /// The file's bytes; empty, with a problem noted, if they are not those that the manifest pins.
    private MemorySegment verified(String name, String sha256, Arena arena) {
        String key = "files." + name + "  ";
        try {
            Path file = folder.resolve(name).toRealPath();
            if (!file.startsWith(folder.toRealPath())) {
                problems.add(
                        key
                                + "lies outside the model's folder, at "
                                + file
                                + "; copy it into the folder");
                return MemorySegment.NULL;
            }
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                String found = Digest.sha256(bytes);
                if (!found.equals(sha256)) {
                    problems.add(
                            key
                                    + "SHA-256 mismatch: expected %s, found %s; fetch the file again or correct model.yaml"
                                            .formatted(sha256, found));
                }
                return bytes;
            }
        } catch (NoSuchFileException e) {
            problems.add(key + "no such file in the model's folder");
        } catch (InvalidPathException e) {
            problems.add(key + "is no file's name: " + e.getReason());
        } catch (IOException e) {
            problems.add(key + "cannot be read: " + e);
        }
        return MemorySegment.NULL;
    }
}
