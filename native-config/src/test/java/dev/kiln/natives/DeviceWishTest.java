package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceWishTest {
    @Test
    void everySpellingIsUnderstoodAndNoOther() {
        assertThat(DeviceWish.parse("cpu").orElseThrow().takesGpu()).isFalse();
        assertThat(DeviceWish.parse("auto").orElseThrow().insistsOnGpu()).isFalse();
        assertThat(DeviceWish.parse("cuda").orElseThrow().gpu()).isEqualTo("cuda:0");
        assertThat(DeviceWish.parse("cuda:3").orElseThrow().gpu()).isEqualTo("cuda:3");
        for (String wrong :
                new String[] {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:100", "cuda:0 "}) {
            assertThat(DeviceWish.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void onlyAutoIsContentWithEverything() {
        assertThat(DeviceWish.parse("auto").orElseThrow().metBy("cpu")).isTrue();
        assertThat(DeviceWish.parse("cuda:1").orElseThrow().metBy("cuda:1")).isTrue();
        assertThat(DeviceWish.parse("cuda:1").orElseThrow().metBy("cuda:0")).isFalse();
        assertThat(DeviceWish.parse("cuda").orElseThrow().metBy("cuda:1")).isTrue();
        assertThat(DeviceWish.parse("cuda").orElseThrow().metBy("cpu")).isFalse();
        assertThat(DeviceWish.parse("cpu").orElseThrow().metBy("cuda:0")).isFalse();
    }

    @Test
    void nodesOfGpusAreToldFromOtherFiles(@TempDir Path dev) throws Exception {
        for (String name :
                new String[] {"nvidia0", "nvidiactl", "nvidia-uvm", "null", "nvidia0x"}) {
            Files.createFile(dev.resolve(name));
        }

        assertThat(GpuNodes.under(dev))
                .extracting(node -> String.valueOf(node.getFileName()))
                .containsExactly("nvidia-uvm", "nvidia0", "nvidiactl");
        assertThat(GpuNodes.under(dev.resolve("none"))).isEmpty();
    }
}
