package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.natives.GpuFacts.Look;
import dev.kiln.natives.GpuFacts.Trouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of broken installations. The libraries are NVIDIA's in name alone: a few lines of C, loaded for real by the
/// child, from a folder on `LD_LIBRARY_PATH` as a real wrong one would be.
class GpuFactsTest {
    private static final String GOOD_DRIVER =
            """
            int cuInit(unsigned f) { return 0; }
            int cuDriverGetVersion(int* v) { *v = 12080; return 0; }
            int cuDeviceGetCount(int* n) { *n = 2; return 0; }
            int cuDeviceGetName(char* s, int n, int d) { s[0] = 'F'; s[1] = 0; return 0; }
            int cuDeviceTotalMem_v2(unsigned long* m, int d) { *m = 80ul << 30; return 0; }
            int cuDeviceGetAttribute(int* v, int a, int d) { *v = a == 75 ? 9 : 0; return 0; }
            """;

    @TempDir private Path folder;

    private Path dev;
    private Path libraries;

    @BeforeEach
    void healthyInstallation() throws Exception {
        dev = Files.createDirectory(folder.resolve("dev"));
        Files.createFile(dev.resolve("nvidia0"));
        libraries = Files.createDirectory(folder.resolve("lib"));
        boolean compiler = Files.isExecutable(Path.of("/usr/bin/cc"));
        if (System.getenv("KILN_REQUIRE_CC") == null) {
            assumeThat(compiler).as("a C compiler").isTrue();
        }
        library("libcuda.so.1", GOOD_DRIVER);
        library("libcudart.so.12", "int cudaRuntimeGetVersion(int* v) { *v = 12080; return 0; }");
        library("libcudnn.so.9", "unsigned long cudnnGetVersion() { return 90800; }");
        for (Needed needed : Needed.LIBRARIES) {
            if (!Files.exists(libraries.resolve(needed.name()))) {
                library(needed.name(), "int nothing;");
            }
        }
    }

    @Test
    void aHealthyOneIsListedWithoutAnyTrouble() throws Exception {
        GpuFacts facts = find(Optional.of(1));

        assertThat(facts.troubles()).isEmpty();
        assertThat(facts.gpus())
                .containsExactly(
                        "cuda:0 F, 81920 MiB, compute capability 9.0",
                        "cuda:1 F, 81920 MiB, compute capability 9.0");
        assertThat(facts.libraries())
                .hasSize(8)
                .contains("libcudnn.so.9 " + libraries.resolve("libcudnn.so.9").toRealPath());
    }

    @Test
    void aRuntimeOfAnotherMajorVersionUnderTheRightNameIsNamed() throws Exception {
        library("libcudart.so.12", "int cudaRuntimeGetVersion(int* v) { *v = 11080; return 0; }");

        assertThat(only(find(Optional.of(0))).fact())
                .contains("libcudart.so.12 says it is of version 11, the name promises 12");
    }

    @Test
    void anotherCudnnOnTheLibraryPathIsNamedWithItsFolder() throws Exception {
        library("libcudnn.so.9", "unsigned long cudnnGetVersion() { return 8907; }");

        Trouble trouble = only(find(Optional.of(0)));

        assertThat(trouble.fact()).contains(libraries.toRealPath().toString(), "of version 8");
        assertThat(trouble.remedy()).contains("off LD_LIBRARY_PATH", "libcudnn9-cuda-12");
    }

    @Test
    void aTruncatedLibraryIsToldFromAMissingOne() throws Exception {
        byte[] whole = Files.readAllBytes(libraries.resolve("libcublas.so.12"));
        Files.write(libraries.resolve("libcublas.so.12"), Arrays.copyOf(whole, 40));
        Files.delete(libraries.resolve("libcufft.so.11"));
        library("libcufft.so.12", "int nothing;");

        List<Trouble> troubles = find(Optional.of(0)).troubles();

        assertThat(troubles).hasSize(2);
        assertThat(troubles.get(0).fact())
                .contains("libcublas.so.12 is truncated", "file too short");
        assertThat(troubles.get(0).remedy()).contains("--reinstall libcublas-12-8");
        assertThat(troubles.get(1).fact())
                .contains("libcufft.so.11 is not here", "LD_LIBRARY_PATH has", "libcufft.so.12");
        assertThat(troubles.get(1).remedy()).contains("pip install nvidia-cufft-cu12");
    }

    @Test
    void aDeviceThatDoesNotExistIsToldFromThoseThatDo() throws Exception {
        assertThat(only(find(Optional.of(7))).fact())
                .isEqualTo("cuda:7 does not exist; there is cuda:0, cuda:1");
    }

    @Test
    void aGpuForWhichThereIsNoCodeIsNamed() throws Exception {
        library("libcuda.so.1", GOOD_DRIVER.replace("a == 75 ? 9 : 0", "a == 75 ? 5 : 2"));

        assertThat(find(Optional.of(0)).troubles())
                .first()
                .extracting(Trouble::fact)
                .asString()
                .contains("cuda:0 is of compute capability 5.2", "carries no code");
        assertThat(Needed.hasCode("8.7", Needed.ARCHITECTURES)).isTrue();
        assertThat(Needed.hasCode("10.0", Needed.ARCHITECTURES)).isFalse();
    }

    @Test
    void aDriverThatIsTooOldOrFindsNothingIsNamed() throws Exception {
        library("libcuda.so.1", GOOD_DRIVER.replace("12080", "11040"));
        assertThat(only(find(Optional.of(0))).fact()).contains("for CUDA 11.4 at most");

        library(
                "libcuda.so.1",
                GOOD_DRIVER.replace(
                        "cuInit(unsigned f) { return 0; }", "cuInit(unsigned f) { return 100; }"));
        assertThat(only(find(Optional.of(0))).remedy()).contains("--gpus all");

        Files.delete(libraries.resolve("libcuda.so.1"));
        assertThat(find(Optional.of(0)).troubles().getFirst().remedy())
                .contains("NVIDIA_DRIVER_CAPABILITIES=compute,utility");
    }

    @Test
    void aLibraryThatCrashesTakesTheChildAndIsNamed() throws Exception {
        library(
                "libcurand.so.10",
                "#include <signal.h>\n__attribute__((constructor)) void f() { raise(SIGKILL); }");

        assertThat(find(Optional.of(0)).troubles())
                .first()
                .extracting(Trouble::fact)
                .isEqualTo("loading libcurand.so.10 crashed with signal 9 (exit code 137)");
    }

    /// A link into nowhere stands for a file without permission, which the superuser of a test would have.
    @Test
    void aDeviceWithoutPermissionIsNamed() throws Exception {
        Files.createSymbolicLink(dev.resolve("nvidia1"), folder.resolve("nowhere"));

        Trouble trouble = only(find(Optional.of(0)));

        assertThat(trouble.fact()).endsWith("nvidia1 may not be used by this user");
        assertThat(trouble.remedy()).contains("--gpus all", "usermod -aG video");
    }

    @Test
    void aMachineWithoutGpuThatWantsNoneHasNoTrouble() throws Exception {
        Files.delete(dev.resolve("nvidia0"));
        Files.delete(libraries.resolve("libcuda.so.1"));
        Files.delete(libraries.resolve("libcudart.so.12"));

        assertThat(find(Optional.empty()).troubles()).isEmpty();
    }

    private static Trouble only(GpuFacts facts) {
        assertThat(facts.troubles()).hasSize(1);
        return facts.troubles().getFirst();
    }

    /// As `GpuFacts.find` does it, with the folder on the child's own library path.
    private GpuFacts find(Optional<Integer> index) throws Exception {
        List<String> command = new ArrayList<>(List.of("env", "LD_LIBRARY_PATH=" + libraries));
        command.addAll(Child.java(GpuMain.class.getName(), List.of(Needed.DRIVER)));
        Needed.LIBRARIES.forEach(needed -> command.add(needed.name()));
        Duration atMost = Duration.ofSeconds(60);
        var look = new Look(dev, index, libraries.toString(), atMost);
        return GpuFacts.judge(look, Child.run(command, atMost));
    }

    private void library(String name, String code) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("library.c"), code);
        Path library = libraries.resolve(name);
        Process cc =
                new ProcessBuilder(
                                "cc",
                                "-shared",
                                "-fPIC",
                                "-w",
                                "-o",
                                library.toString(),
                                source.toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(cc.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(cc.exitValue())
                .as(new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
    }
}
