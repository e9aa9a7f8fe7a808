package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FatBinariesTest {
    private static final String PROVIDER =
            "ai/onnxruntime/native/linux-x64/libonnxruntime_providers_cuda.so";

    @TempDir private Path folder;

    private static void entry(ByteBuffer library, int kind, int architecture, int firstWord) {
        int begin = library.position();
        library.putShort((short) kind).putShort((short) 0x101).putInt(64).putLong(8);
        library.putInt(begin + 28, architecture).putInt(begin + 64, firstWord);
        library.position(begin + 72);
    }

    private Path library(int cutAt) throws IOException {
        var library = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        library.position(20);
        library.putInt(0xBA55ED50).putShort((short) 1).putShort((short) 16).putLong(4 * 72);
        entry(library, 2, 90, 0x464C457F);
        entry(library, 2, 75, 0x464C457F);
        entry(library, 2, 80, 0);
        entry(library, 1, 120, 0x464C457F);
        return Files.write(folder.resolve("library.so"), Arrays.copyOf(library.array(), cutAt));
    }

    @Test
    void machineCodeCountsAndWhatWasBlankedOrIsToBeCompiledDoesNot() throws Exception {
        assertThat(FatBinaries.architectures(library(512))).containsExactly("7.5", "9.0");
    }

    @Test
    void aLibraryThatIsCutOffHasNone() throws Exception {
        assertThat(FatBinaries.architectures(library(200))).isEmpty();
        assertThat(FatBinaries.architectures(library(3))).isEmpty();
    }

    /// Reads the library that `-Pcuda` builds in, where it was fetched.
    @Test
    void theListForTheBuiltInProviderIsWhatItCarries() throws Exception {
        Path repository =
                Path.of(
                        System.getProperty(
                                "maven.repo.local",
                                System.getProperty("user.home") + "/.m2/repository"));
        Path jar =
                repository
                        .resolve("com/microsoft/onnxruntime/onnxruntime_gpu")
                        .resolve(Needed.RUNTIME)
                        .resolve("onnxruntime_gpu-%s.jar".formatted(Needed.RUNTIME));
        assumeTrue(Files.exists(jar), "onnxruntime_gpu is not in the local Maven repository");
        Path provider = folder.resolve("provider.so");
        try (var zip = new ZipFile(jar.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(PROVIDER))) {
            Files.copy(in, provider);
        }

        assertThat(FatBinaries.architectures(provider))
                .containsExactlyElementsOf(Needed.ARCHITECTURES);
    }
}
