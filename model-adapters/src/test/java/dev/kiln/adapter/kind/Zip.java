package dev.kiln.adapter.kind;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// The files in a zip among the test resources.
final class Zip {
    private Zip() {}

    static Map<String, byte[]> files(String resource) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        InputStream found = Zip.class.getResourceAsStream(resource);
        try (var zip = new ZipInputStream(Objects.requireNonNull(found, resource))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
