package dev.kiln.adapter.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.adapter.catalog.Catalogue.Archive;
import dev.kiln.adapter.catalog.Catalogue.Entry;
import dev.kiln.adapter.catalog.Catalogue.Source;
import dev.kiln.adapter.catalog.Catalogue.Weights;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adds a small model from archives of ours, with a disk that fills up and tools that fail.
class InstallerTest {
    private static final int BIG = 1 << 20;

    @TempDir private Path folder;

    private final List<String> said = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private Path archive = Path.of("");
    private Entry entry = entry(0, "", List.of());

    @BeforeEach
    void packAnArchive() throws IOException {
        byte[] big = new byte[BIG];
        new Random(5).nextBytes(big);
        archive = folder.resolve("small-1.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("in/small.bin"));
            zip.write(new byte[] {1, 2, 3});
            zip.putNextEntry(new ZipEntry("in/big.bin"));
            zip.write(big);
        }
        Files.write(folder.resolve("small"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("big"), big);
        entry =
                entry(
                        Files.size(archive),
                        Verified.sha256(archive),
                        List.of(
                                new Weights(
                                        "small.bin",
                                        "in/small.bin",
                                        3,
                                        Verified.sha256(folder.resolve("small"))),
                                new Weights(
                                        "big.bin",
                                        "in/big.bin",
                                        BIG,
                                        Verified.sha256(folder.resolve("big")))));
    }

    @Test
    void aModelIsPutInPlaceWholeAndOnlyOnce() throws Exception {
        Path place = add(Disk.SYSTEM, Optional.of(archive));

        assertThat(place).isEqualTo(cache().resolve("models/shapes-small"));
        assertThat(files(place)).containsExactly("big.bin", "model.yaml", "small.bin");
        assertThat(Verified.sha256(place.resolve("big.bin")))
                .isEqualTo(Verified.sha256(folder.resolve("big")));
        assertThat(files(cache().resolve("models"))).doesNotContain(".adding-shapes-small");

        said.clear();
        Files.delete(archive);
        add(Disk.SYSTEM, Optional.of(archive));
        assertThat(said).containsExactly("shapes-small is there already, verified");
    }

    @Test
    void anotherArchiveIsRefusedWithBothDigests() throws Exception {
        Files.write(archive, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);

        assertThat(failure(Disk.SYSTEM, Optional.of(archive)))
                .hasMessageContaining("SHA-256 mismatch: expected")
                .hasMessageContaining(Verified.sha256(archive));
        assertNothingUsable();
    }

    @Test
    void anArchiveCutInTheMiddleIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));

        assertThat(failure(Disk.SYSTEM, Optional.of(archive)))
                .hasMessageContaining("(%d bytes)".formatted(whole.length / 2))
                .hasMessageEndingWith("the file is cut off, damaged or another version");
        assertNothingUsable();
    }

    @Test
    void aFileOfTheArchiveThatIsNotThePinnedOneIsRefused() throws Exception {
        List<Weights> pins = new ArrayList<>(entry.files());
        pins.set(1, new Weights("big.bin", "in/big.bin", BIG, "0".repeat(64)));
        entry = entry(Files.size(archive), Verified.sha256(archive), pins);

        assertThat(failure(Disk.SYSTEM, Optional.of(archive)))
                .hasMessageStartingWith("big.bin: SHA-256 mismatch: expected 0000");
        assertNothingUsable();
    }

    @Test
    void aDiskThatFillsUpLeavesNothingUsableAndTheNextTryGoesOn() throws Exception {
        assertThat(failure(new SmallDisk(BIG / 2), Optional.of(archive)))
                .hasMessageContaining("No space left on device")
                .hasMessageEndingWith(
                        "make room or another cache folder, then add it again: what is verified is kept");
        assertNothingUsable();

        written.clear();
        add(new SmallDisk(Long.MAX_VALUE), Optional.of(archive));
        assertThat(written).containsExactly("big.bin.part", "model.yaml");
    }

    @Test
    void aDiskTooSmallIsSeenBeforeAnythingIsWritten() {
        Disk full =
                new SmallDisk(Long.MAX_VALUE) {
                    @Override
                    public long free(Path place) {
                        return BIG;
                    }
                };

        assertThat(failure(full, Optional.of(archive)))
                .hasMessageStartingWith(
                        "shapes-small needs 2 MB, there are 1 MB free in " + cache());
        assertThat(written).isEmpty();
    }

    @Test
    void aDamagedModelIsMendedWithoutFetchingWhatIsGood() throws Exception {
        Path place = add(Disk.SYSTEM, Optional.of(archive));
        Files.write(place.resolve("small.bin"), new byte[] {9});

        written.clear();
        add(new SmallDisk(Long.MAX_VALUE), Optional.of(archive));

        assertThat(written).containsExactly("small.bin.part", "model.yaml");
        assertThat(Files.readAllBytes(place.resolve("small.bin"))).containsExactly(1, 2, 3);
        assertThat(files(cache().resolve("models"))).doesNotContain(".old-shapes-small");
    }

    @Test
    void anArtifactThatMavenHasIsNotFetched() throws Exception {
        Path kept = folder.resolve("m2/org/example/small/1/small-1.jar");
        Files.createDirectories(kept.getParent());
        Files.copy(archive, kept);

        add(Disk.SYSTEM, Optional.empty());

        assertThat(said).first().isEqualTo("Maven has it already");
    }

    @Test
    void anArtifactIsFetchedThroughTheMachinesMaven() throws Exception {
        tool("cp %s \"${5#-DoutputDirectory=}\"".formatted(archive));

        add(Disk.SYSTEM, Optional.empty());

        assertThat(said).first().isEqualTo("fetching it through Maven …");
    }

    @Test
    void aFetchThatIsCutOffIsFetchedAgain() throws Exception {
        tool("head -c 1000 %s > \"${5#-DoutputDirectory=}/small-1.jar\"".formatted(archive));
        assertThat(failure(Disk.SYSTEM, Optional.empty())).hasMessageContaining("(1000 bytes)");
        assertNothingUsable();

        tool("cp %s \"${5#-DoutputDirectory=}\"".formatted(archive));
        add(Disk.SYSTEM, Optional.empty());
    }

    @Test
    void aToolThatFailsIsQuotedAndAMissingOneNamesTheWayOut() throws Exception {
        tool("echo no route to anywhere; exit 7");
        assertThat(failure(Disk.SYSTEM, Optional.empty()))
                .hasMessageStartingWith("Maven could not fetch org.example:small:1: ")
                .hasMessageContaining("ended with code 7\n    no route to anywhere");

        Files.delete(folder.resolve("tool"));
        assertThat(failure(Disk.SYSTEM, Optional.empty()))
                .hasMessageEndingWith(
                        "cannot be started; install it, or fetch the file elsewhere and name it with --from FILE");
    }

    @Test
    void aModelThatIsBeingAddedIsLeftToTheOther() throws Exception {
        Disk nosy =
                new SmallDisk(Long.MAX_VALUE) {
                    @Override
                    public OutputStream create(Path file) throws IOException {
                        assertThat(failure(Disk.SYSTEM, Optional.of(archive)))
                                .hasMessage("another kiln is adding shapes-small just now");
                        return super.create(file);
                    }
                };

        assertThat(add(nosy, Optional.of(archive))).exists();
    }

    private Path add(Disk disk, Optional<Path> given) throws AddFailed {
        return installer(disk).add(entry, given, progress());
    }

    private AddFailed failure(Disk disk, Optional<Path> given) {
        return catchThrowableOfType(AddFailed.class, () -> add(disk, given));
    }

    private Installer installer(Disk disk) {
        var archives =
                new Archives(
                        Map.of("KILN_MAVEN", folder.resolve("tool").toString()),
                        folder.resolve("m2"));
        return new Installer(cache(), archives, disk);
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private void assertNothingUsable() {
        assertThat(installer(Disk.SYSTEM).has(entry)).isFalse();
        assertThat(cache().resolve("models/shapes-small")).doesNotExist();
    }

    private void tool(String script) throws IOException {
        Path tool = folder.resolve("tool");
        Files.writeString(tool, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    }

    private static List<String> files(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// The name is one whose `model.yaml` this build carries.
    private static Entry entry(long size, String sha256, List<Weights> files) {
        return new Entry(
                "shapes-small",
                "a small one",
                "onnx",
                "tensors",
                "none",
                new Source.Maven("org.example:small:1", new Archive(size, sha256)),
                files,
                List.of("model.yaml"));
    }

    private Progress progress() {
        return new Progress() {
            @Override
            public void say(String line) {
                said.add(line);
            }

            @Override
            public void at(String file, long done, long total) {
                assertThat(done).isLessThanOrEqualTo(total);
            }
        };
    }

    /// Takes so many bytes of one file and then none.
    private class SmallDisk implements Disk {
        private final long room;

        SmallDisk(long room) {
            this.room = room;
        }

        @Override
        public long free(Path place) throws IOException {
            return Disk.SYSTEM.free(place);
        }

        @Override
        public OutputStream create(Path file) throws IOException {
            written.add(file.getFileName().toString());
            return new FilterOutputStream(Disk.SYSTEM.create(file)) {
                private long taken;

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    taken += length;
                    if (taken > room) {
                        throw new IOException("No space left on device");
                    }
                    out.write(from, offset, length);
                }
            };
        }
    }
}
