package dev.kiln.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuCountTest {
    @TempDir private Path dev = Path.of("");

    private void nodes(String... names) throws Exception {
        for (String name : names) {
            Files.createFile(dev.resolve(name));
        }
    }

    @Test
    void nobodyAsksTheDriverWhereThereIsOneGpuAtMost() throws Exception {
        nodes("nvidia3", "nvidiactl", "nvidia-uvm");

        GpuCount count =
                GpuCount.under(
                        dev,
                        () -> {
                            throw new AssertionError("asked");
                        });

        assertThat(count.names()).containsExactly("cuda:0");
    }

    @Test
    void theDriverKnowsWhichOfSeveralAreHidden() throws Exception {
        nodes("nvidia0", "nvidia1", "nvidia2", "nvidiactl");

        assertThat(GpuCount.under(dev, () -> 2).names()).containsExactly("cuda:0", "cuda:1");
    }
}
