package dev.kiln.adapter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A real library, whole and cut.
@EnabledOnOs(OS.LINUX)
class ElfFileTest {
    private static final Path REAL = Path.of(System.getProperty("java.home"), "lib", "libjava.so");

    @TempDir private Path folder = Path.of("");

    @Test
    void aWholeLibraryMissesNothing() throws Exception {
        assertThat(ElfFile.missing(REAL)).isEmpty();
    }

    @Test
    void aCutOneTellsHowLongItShouldBe() throws Exception {
        byte[] whole = Files.readAllBytes(REAL);
        for (int bytes : new int[] {0, 63, 64, 4096, whole.length / 2}) {
            Path cut = folder.resolve("cut-" + bytes);
            Files.write(cut, Arrays.copyOf(whole, bytes));

            var missing = ElfFile.missing(cut);

            // Of less than the list of segments nothing but its absence can be told.
            assertThat(missing).as("cut to %d bytes", bytes).isPresent();
            assertThat(missing.getAsLong()).isGreaterThan(bytes).isLessThanOrEqualTo(whole.length);
        }
    }

    @Test
    void whatIsNoSuchFileIsLeftToTheLoader() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no library ".repeat(20));

        assertThat(ElfFile.missing(text)).isEmpty();
    }
}
